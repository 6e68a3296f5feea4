"""One training in the plane, filmed: the house's own loop with its own methods, looked at some sixty times.

Nothing here trains or guesses by itself. The field is the averaged network's answer, the one that is measured; a
point's guess, and whether it counted, is what the method's own step said the last time it saw that point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ssl_core.data.card import UNKNOWN, Card, Dataset
from ssl_core.methods import Step
from ssl_core.models.ask import probabilities
from ssl_core.playground.play import Play, method_of, training_of
from ssl_core.playground.worlds import EDGE, fresh
from ssl_core.train.config import Config
from ssl_core.train.loop import steps
from ssl_core.train.trainee import Trainee
from ssl_core.train.vectors import Noise

FRAMES = 60  # after the first, which is before any step
SIDE = 40  # of the field, in places
Tell = Callable[[float], None]


@dataclass(frozen=True)
class Film:
    """Frames [F] of one training of `method`; `rows` are the m points that it may guess, of the play's n points.

    field [F, SIDE, SIDE, L]: class probabilities, first row on top. guess, right: classes [F, m] and whether they are
    true, −1 where there is none; sure, counts [F, m] in 0..1: how confident the guess was, and how much it counted.
    numbers: by name a list of F numbers, None where there is none.
    """

    method: str
    step: list[int]
    rows: np.ndarray
    field: np.ndarray
    guess: np.ndarray
    sure: np.ndarray
    counts: np.ndarray
    right: np.ndarray
    numbers: dict[str, list[float | None]]

    @property
    def accuracy(self) -> float:
        """On new points of the same world, at the end."""
        return self.numbers["accuracy"][-1]


class Jittering(Trainee):
    """A trainee whose views are jitter of the plane's own size instead of a share of the data's spread."""

    def __init__(self, config: Config, data: Dataset, play: Play) -> None:
        self.jitter = {"weak": play.weak, "strong": play.strong}
        super().__init__(config, data, watched=True)

    def _policies(self, data: Dataset) -> dict[str, Any]:
        return {name: Noise(name, torch.full((2,), size)) for name, size in self.jitter.items()}


def begin(play: Play, name: str, knobs: tuple[tuple[str, Any], ...] = ()) -> Jittering:
    """The trainee before its first step; raises ValueError, one sentence, for what cannot be trained."""
    points, _ = play.points()
    new, classes_of_new = fresh(play.world, play.noise, play.seed)
    card = Card(
        "plane", "The plane", "", tuple("ABC"[: play.classes]), 2, 1, len(points.x), 0, len(new), (), 0, "", "",
        pictures=False, unknown=int((points.label < 0).sum()),
    )  # fmt: skip
    data = Dataset(
        card,
        torch.tensor(points.x, dtype=torch.float32),
        torch.tensor(points.label),
        torch.tensor(new, dtype=torch.float32),
        torch.tensor(classes_of_new),
    )
    method = method_of(name, dict(knobs))
    config = Config("plane", name, int((points.label >= 0).sum()), play.seed, method, training_of(name, method))
    return Jittering(config, data, play)


def film(
    play: Play,
    name: str,
    knobs: tuple[tuple[str, Any], ...] = (),
    tell: Tell = lambda share: None,
    frames: int = FRAMES,
) -> Film:
    """Train to the end and film it; `tell` hears the share that is done and may raise to break off.

    Raises ValueError, one sentence, for what cannot be trained, and Diverged when the loss is no number.
    """
    points, _ = play.points()
    trainee = begin(play, name, knobs)
    camera = Camera(trainee, points.truth)
    camera.look()
    total = trainee.config.training.steps
    moments = {round(total * frame / frames) for frame in range(1, frames + 1)}
    for taken in steps(trainee):
        camera.note(taken.batch.index, taken.step)
        if trainee.step in moments:
            camera.look()
            tell(trainee.step / total)
    return camera.film(name)


def grid(side: int = SIDE) -> torch.Tensor:
    """Places of the field [side², 2], row by row from the top, float32."""
    across = (np.arange(side) + 0.5) / side * 2 * EDGE - EDGE
    return torch.tensor(np.stack(np.meshgrid(across, -across), axis=-1).reshape(-1, 2), dtype=torch.float32)


class Camera:
    """Notes what each step said of which point, and looks at all of it when asked."""

    def __init__(self, trainee: Trainee, truth: np.ndarray) -> None:
        self.trainee, self.rows = trainee, trainee.free.cpu().numpy()
        self.truth, count = torch.tensor(truth)[trainee.free], len(trainee.free)
        self.guess = torch.full((count,), UNKNOWN)
        self.sure, self.counts = torch.zeros(count), torch.zeros(count)
        self.losses: list[dict[str, float]] = []
        self.frames: dict[str, list[Any]] = {}
        self.where = torch.cat([grid(), trainee.test[0]])

    def note(self, index: torch.Tensor, step: Step) -> None:
        """What a step said of the points it saw; of a point it saw twice, what it said last."""
        self.losses.append({"loss": step.loss.item()} | {name: part.item() for name, part in step.parts.items()})
        if "pseudo" not in step.stats:
            return
        said = {"guess": step.stats["pseudo"], "counts": step.stats["mask"].float()}
        said["sure"] = step.seen["guesses"][: len(index)].max(dim=1).values
        for name, value in said.items():
            getattr(self, name)[index] = value.detach()

    def look(self) -> None:
        """Take a frame."""
        answers = probabilities(self.trainee.average.shadow, self.where, at_once=4096)
        field, new = answers[: SIDE**2], answers[SIDE**2 :]
        known = (self.truth != UNKNOWN) & (self.guess != UNKNOWN)
        right = torch.where(known, (self.guess == self.truth).long(), UNKNOWN)
        counting = self.counts * known
        self._add(
            step=self.trainee.step, field=field.reshape(SIDE, SIDE, -1).numpy(), guess=self.guess.numpy().copy(),
            sure=self.sure.numpy().copy(), counts=self.counts.numpy().copy(), right=right.numpy(),
            accuracy=(new.argmax(dim=1) == self.trainee.test[1]).double().mean().item(),
            used=self.counts.mean().item() if known.any() else None,
            right_share=(counting * (right == 1)).sum().item() / counting.sum().item() if counting.sum() > 0 else None,
        )  # fmt: skip
        losses, self.losses = self.losses, []
        for part in ("loss", "labelled", "unlabelled"):
            values = [row[part] for row in losses if part in row]
            self._add(**{part: sum(values) / len(values) if values else None})

    def _add(self, **values: Any) -> None:
        for name, value in values.items():
            self.frames.setdefault(name, []).append(value)

    def film(self, name: str) -> Film:
        """All frames."""
        f = self.frames
        stacked = {part: np.stack(f[part]) for part in ("field", "guess", "sure", "counts", "right")}
        numbers = ("accuracy", "used", "right_share", "loss", "labelled", "unlabelled")
        return Film(name, f["step"], self.rows, numbers={part: f[part] for part in numbers}, **stacked)
