"""The views of rows that are vectors, which have no pixels to move or to colour: Gaussian noise, little and much.

Its size is a share of each number's own standard deviation over the training rows, so that scales do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

WEAK, STRONG = 0.05, 0.2  # ours: a label should survive the strong one, and two weak ones should look alike


@dataclass(frozen=True)
class Noise:
    """A policy for vectors [B, D]: adds `size` [D] times a normal number to each of a row's numbers."""

    name: str
    size: Tensor
    learns: ClassVar[bool] = False

    def draw(self, batch_size: int, generator: Generator) -> dict[str, Tensor]:
        """Normal numbers [B, D], on the CPU, so that a GPU gets the same."""
        return {"normal": torch.randn(batch_size, len(self.size), generator=generator)}

    def apply(self, drawn: dict[str, Tensor], x: Tensor) -> Tensor:
        """Add what was drawn."""
        return x + drawn["normal"].to(x) * self.size.to(x)

    def __call__(self, x: Tensor, generator: Generator, memory: None = None) -> Tensor:
        """Draw and apply."""
        return self.apply(self.draw(len(x), generator), x)


def noise_views(rows: Tensor) -> dict[str, Any]:
    """The weak and the strong view of these training rows [N, D]; no label is looked at."""
    deviation = rows.float().std(dim=0, correction=0).cpu()
    return {"weak": Noise("weak", WEAK * deviation), "strong": Noise("strong", STRONG * deviation)}
