"""What a policy is: stages one after another, each of which draws what to do apart from doing it.

A stage may learn while a network trains: then what it knows, its memory, goes into `draw` and comes out of `learn`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from torch import Generator, Tensor

Drawn = dict[str, Any]  # tensors whose first dimension is the batch, or lists of such
Memory = dict[str, Tensor]  # what a stage has learned; saved with the checkpoint
Answer = Callable[[Tensor], Tensor]  # pictures [n, C, H, W] to the network's class probabilities [n, L]


class Signals(NamedTuple):
    """What training says of itself in a step, for a stage that learns from it: no hidden label, and never the test."""

    step: int  # steps taken before this one
    done: float  # share of the planned steps, 0..1
    losses: dict[str, Tensor]  # "loss" and its named parts
    trusted: Tensor | None  # how much each guess counts, 0..1 [n]; None where nothing is guessed
    validation: Callable[[], tuple[Tensor, Tensor]]  # the network's probabilities [n, L], and labels [n]; n may be 0


class Change(NamedTuple):
    """One thing done to one picture: an operation and its strength in the operation's unit, sign included.

    Stages that are no operations have names of their own: "shift_right" and "shift_down" in pixels, "hole" as a
    share of the side, "pixel_hole" as a share of the area, "normalise", and "mixture" with the share of its `chains`.
    """

    name: str
    strength: float = 0.0
    chains: tuple[tuple[Change, ...], ...] = ()


Changes = tuple[Change, ...]


class Frame(NamedTuple):
    """Pictures after one stage did something to them, and what that was for each: empty where nothing."""

    x: Tensor
    changes: list[Changes]


def changes(names: Sequence[str], index: list[int], strength: list[float]) -> list[Changes]:
    """One operation a picture, names[index]; none where the index is -1 or the operation is identity."""
    rows = zip(index, strength, strict=True)
    return [(Change(names[i], s),) if i >= 0 and names[i] != "identity" else () for i, s in rows]


class Stage(Protocol):
    """One step of a policy."""

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """Decide for every picture, on the CPU, so that a GPU gets the same decisions."""

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Carry the decisions out on x [B, C, H, W] in 0..1."""

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """The same, a frame for each thing done; the last frame's pictures are what apply returns."""


class Learning:
    """Base of stages that learn what to draw; `apply` and `film` are as in Stage. The stage itself never changes."""

    def start(self) -> Memory:
        """What it knows before the first step."""
        raise NotImplementedError

    def draw(self, batch_size: int, generator: Generator, memory: Memory | None = None) -> Drawn:
        """As in Stage, by what it knows; without a memory as at the start."""
        raise NotImplementedError

    def learn(
        self, memory: Memory, x: Tensor, y: Tensor, answer: Answer, generator: Generator, signals: Signals | None = None
    ) -> Memory:
        """What it knows after looking at labelled pictures x [B, C, H, W] with labels y [B] once more."""
        raise NotImplementedError


@dataclass(frozen=True)
class Policy:
    """Stages one after another, with a name to show; its memory is that of each stage, in order."""

    name: str
    stages: tuple[Stage, ...]

    @property
    def learns(self) -> bool:
        """Whether there is anything to remember."""
        return any(isinstance(stage, Learning) for stage in self.stages)

    def start(self) -> list[Memory]:
        """The memory before the first step; empty for stages that learn nothing."""
        return [stage.start() if isinstance(stage, Learning) else {} for stage in self.stages]

    def learn(
        self,
        memory: list[Memory],
        x: Tensor,
        y: Tensor,
        answer: Answer,
        generator: Generator,
        signals: Signals | None = None,
    ) -> list[Memory]:
        """The memory after a step: every learning stage tries labelled pictures x, y on the network's `answer`.

        `signals`, where there are some, is what else training says of the step.
        """
        return [
            stage.learn(past, x, y, answer, generator, signals) if isinstance(stage, Learning) else past
            for stage, past in zip(self.stages, memory, strict=True)
        ]

    def draw(self, batch_size: int, generator: Generator, memory: list[Memory] | None = None) -> tuple[Drawn, ...]:
        """Draw every stage's decisions for a batch, by what has been learned so far if anything was."""
        known = self.start() if memory is None else memory
        pairs = zip(self.stages, known, strict=True)
        return tuple(
            stage.draw(batch_size, generator, *([past] if isinstance(stage, Learning) else [])) for stage, past in pairs
        )

    def apply(self, drawn: tuple[Drawn, ...], x: Tensor) -> Tensor:
        """Apply what was drawn; the same draws give the same pixels."""
        for stage, decisions in zip(self.stages, drawn, strict=True):
            x = stage.apply(decisions, x)
        return x

    def film(self, drawn: tuple[Drawn, ...], x: Tensor) -> list[Frame]:
        """A frame for each thing done, in order; empty for a policy that does nothing."""
        frames: list[Frame] = []
        for stage, decisions in zip(self.stages, drawn, strict=True):
            frames += stage.film(decisions, frames[-1].x if frames else x)
        return frames

    def __call__(self, x: Tensor, generator: Generator, memory: list[Memory] | None = None) -> Tensor:
        """Draw and apply."""
        return self.apply(self.draw(len(x), generator, memory), x)
