"""People who label in tests and benchmarks: one who is always right, one who is wrong now and then."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor


@dataclass
class Annotator:
    """Says the true class [N] of a row, and another class with probability `wrong`; the same row always alike."""

    truth: Tensor
    classes: int
    wrong: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        generator = Generator().manual_seed(self.seed)
        slips = torch.rand(len(self.truth), generator=generator) < self.wrong
        away = torch.randint(1, max(self.classes, 2), (len(self.truth),), generator=generator)
        self._answers = torch.where(slips, (self.truth + away) % self.classes, self.truth)

    def say(self, rows: Tensor) -> Tensor:
        """Classes int64 [n] of these rows."""
        return self._answers[rows]
