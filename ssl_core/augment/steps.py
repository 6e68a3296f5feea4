"""The blocks a person builds a pipeline from: one operation, one of several, and normalising at the end."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.augment.operations import OPERATIONS, Operation
from ssl_core.augment.policy import Change, Drawn, Frame, Learning, Policy, Stage, changes
from ssl_core.augment.spread import spread
from ssl_core.knobs import knob

SIGNS = ("both", "plus", "minus")


@dataclass(frozen=True)
class Step:
    """One operation with probability `chance`, its strength uniform between `low` and `high`.

    A signed operation is turned around for half of the pictures if `sign` is "both". The number of draws does not
    depend on the values chosen, so that moving a slider changes the strength and nothing else.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    chance: float = 1.0
    sign: str = "both"
    sampling: str = "nearest"

    @property
    def operation(self) -> Operation:
        """The operation behind the name."""
        return OPERATIONS[self.name]

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """acts [B], strength (with its sign) [B] and luck [B, n]."""
        u = torch.rand((batch_size, 3 + self.operation.luck), generator=generator)
        strength = self.low + (self.high - self.low) * u[:, 1]
        negative = {"both": u[:, 2] < 0.5, "plus": u[:, 2] < 0, "minus": u[:, 2] >= 0}[self.sign]
        if self.operation.signed:
            strength = torch.where(negative, -strength, strength)
        return {"acts": u[:, 0] < self.chance, "strength": strength, "luck": u[:, 3:].contiguous()}

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Change the pictures for which it acts."""
        index = drawn["acts"].long() - 1
        return spread(x, (self.name,), index, drawn["strength"], drawn["luck"], self.sampling)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame."""
        index = (drawn["acts"].long() - 1).tolist()
        return [Frame(self.apply(drawn, x), changes((self.name,), index, drawn["strength"].tolist()))]


def default_step(name: str, side: int = 32) -> Step:
    """An operation as it is added: its usual range, smooth sampling where pictures are tiny."""
    operation = OPERATIONS[name]
    sampling = "bilinear" if operation.matrix and side < 24 else "nearest"
    return Step(name, float(operation.low), float(operation.high), sampling=sampling)


@dataclass(frozen=True)
class OneOf:
    """With probability `chance` one of `choices`, each equally likely."""

    choices: tuple[Stage, ...]
    chance: float = 1.0

    def __post_init__(self) -> None:
        if any(isinstance(choice, Learning) for choice in self.choices):
            raise ValueError("A stage that learns cannot be one of several: put learned into the pipeline itself.")

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """pick [B], -1 where it does not act, and what every choice drew."""
        u = torch.rand((batch_size, 2), generator=generator)
        pick = (u[:, 1] * len(self.choices)).long().clamp(max=len(self.choices) - 1)
        inner = [choice.draw(batch_size, generator) for choice in self.choices]
        return {"pick": torch.where(u[:, 0] < self.chance, pick, -1), "inner": inner}

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Choice by choice over the rows that picked it."""
        return self.film(drawn, x)[-1].x

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame, with the changes of the choice that was picked."""
        out, seen = x.clone(), [()] * len(x)
        for number, choice in enumerate(self.choices):
            rows = (drawn["pick"] == number).nonzero().squeeze(1)
            if len(rows):
                frames = choice.film(rows_of(drawn["inner"][number], rows), x[rows.to(x.device)])
                out[rows.to(x.device)] = frames[-1].x
                for place, row in enumerate(rows.tolist()):
                    seen[row] = tuple(change for frame in frames for change in frame.changes[place])
        return [Frame(out, seen)]


def rows_of(drawn: Drawn, rows: Tensor) -> Drawn:
    """The draws of some pictures alone: every tensor has the batch as its first dimension."""
    if isinstance(drawn, torch.Tensor):
        return drawn[rows]
    if isinstance(drawn, (list, tuple)):
        return type(drawn)(rows_of(part, rows) for part in drawn)
    return {key: rows_of(value, rows) for key, value in drawn.items()}


@dataclass(frozen=True)
class Normalise:
    """Subtract a mean and divide by a deviation: the one step that leaves 0..1, so it must be the last."""

    mean: float = knob(0.5, "Subtracted from every value.", low=0.0, high=1.0, source="usual")
    std: float = knob(0.5, "Then every value is divided by this.", low=0.01, high=1.0, source="usual")

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """Nothing to decide."""
        return {}

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """(x − mean) / std."""
        return (x - self.mean) / self.std

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame."""
        return [Frame(self.apply(drawn, x), [(Change("normalise"),)] * len(x))]


def without_normalise(policy: Policy) -> Policy:
    """The same without normalising, as it is shown: a normalised picture has no colours."""
    return Policy(policy.name, tuple(stage for stage in policy.stages if not isinstance(stage, Normalise)))
