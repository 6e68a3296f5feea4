"""What a policy is: stages one after another, each of which draws what to do apart from doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from torch import Generator, Tensor

Drawn = dict[str, Any]  # tensors whose first dimension is the batch, or lists of such


class Frame(NamedTuple):
    """Pictures after one thing was done to them, and what that was for each, "" where nothing."""

    x: Tensor
    words: list[str]


class Stage(Protocol):
    """One step of a policy."""

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """Decide for every picture, on the CPU, so that a GPU gets the same decisions."""

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Carry the decisions out on x [B, C, H, W] in 0..1."""

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """The same, a frame for each thing done; the last frame's pictures are what apply returns."""


@dataclass(frozen=True)
class Policy:
    """Stages one after another, with a name to show."""

    name: str
    stages: tuple[Stage, ...]

    def draw(self, batch_size: int, generator: Generator) -> tuple[Drawn, ...]:
        """Draw every stage's decisions for a batch."""
        return tuple(stage.draw(batch_size, generator) for stage in self.stages)

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

    def __call__(self, x: Tensor, generator: Generator) -> Tensor:
        """Draw and apply."""
        return self.apply(self.draw(len(x), generator), x)
