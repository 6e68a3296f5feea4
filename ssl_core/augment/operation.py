"""What one operation is: a pure function of a batch, and everything a person must know to use it well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

KINDS = ("geometry", "colour", "erase", "noise")


@dataclass(frozen=True)
class Operation:
    """One operation and what must be known to use it well.

    `low` and `high` bound the strength that is drawn unless somebody chooses otherwise, in the operation's own
    unit (`meaning` says which); a `signed` operation draws the sign apart. Exactly one of `pixels` (picture to
    picture) and `matrix` (strength to inverse affine map) is set. `colour` needs three channels; below `smallest`
    pixels a side the operation changes nothing ("dead").

    `bounds` is the whole range a person may choose from, `neutral` the strength that changes nothing (None where
    there is none) and `luck` the number of further uniform draws it needs (a place, a shape, a seed of noise).

    What it does geometrically is said here, what that does to a class by the data set's card: `mirrors` is
    "left-right" or "top-bottom", and `turns` says that the strength is an angle in degrees. `ruins` are strengths,
    without their sign, that can leave nothing to recognise, whatever the pictures show. `peer` says how it relates to
    torchvision's function of the same effect.
    """

    name: str
    meaning: str
    low: float
    high: float
    signed: bool = False
    colour: bool = False
    smallest: int = 1
    pixels: Callable[..., Tensor] | None = None
    matrix: Callable[..., Tensor] | None = None
    kind: str = "colour"
    does: str = ""
    bounds: tuple[float, float] = (0.0, 0.0)
    neutral: float | None = None
    luck: int = 0
    mirrors: str = ""
    turns: bool = False
    ruins: tuple[float, float] | None = None
    peer: str = "equal"

    @property
    def title(self) -> str:
        """The name as a person reads it."""
        return self.name.replace("_", " ")

    @property
    def has_strength(self) -> bool:
        """Whether there is anything to choose."""
        return self.bounds[0] < self.bounds[1]

    def __call__(self, x: Tensor, strength: Tensor, luck: Tensor | None = None, sampling: str = "nearest") -> Tensor:
        """Apply to every picture of x [B, C, H, W] with its own strength [B] and luck [B, luck]."""
        if self.matrix:
            return warp(x, self.matrix(strength, x.shape[-2] / x.shape[-1]), sampling)
        return self.pixels(x, strength, luck) if self.luck else self.pixels(x, strength)

    def works_on(self, channels: int, side: int) -> bool:
        """Whether pictures of this kind can change at all."""
        return side >= self.smallest and (channels == 3 or not self.colour)

    def middle(self) -> float:
        """A strength to show it by: the middle of what is drawn, or nearer its end where the middle shows too little.

        That is where it changes nothing nearby, or leaves nothing to recognise.
        """
        middle = (self.low + self.high) / 2
        if self.ruins and self.ruins[0] <= middle <= self.ruins[1]:
            return (middle + self.high) / 2
        if self.neutral is None or not self.low < self.neutral < self.high:
            return middle
        return max((self.low, self.high), key=lambda end: abs(end - self.neutral))

    def sweep(self) -> tuple[float, float]:
        """The range of strengths from one end to the other, both signs of a signed operation."""
        low, high = self.bounds
        return (-high, high) if self.signed else (low, high)


def warp(x: Tensor, matrix: Tensor, mode: str = "nearest") -> Tensor:
    """Sample x [B, C, H, W] through inverse maps [B, 2, 3]; what comes from outside is black."""
    grid = places(matrix.to(x.dtype), *x.shape[-2:])
    return F.grid_sample(x, grid, mode=mode, padding_mode="zeros", align_corners=False)


def places(matrix: Tensor, height: int, width: int) -> Tensor:
    """Where every pixel reads from by inverse maps [B, 2, 3]: [B, H, W, 2] as (x, y), half of each side being 1.

    F.affine_grid's numbers; its matrix product of three columns takes longer than the sampling.
    """
    across, down = (
        torch.linspace(-1, 1, side, dtype=matrix.dtype, device=matrix.device) * (side - 1) / side
        for side in (width, height)
    )
    a, b, c = matrix[..., None, None].unbind(2)
    return (a * across + b * down[:, None]).add_(c).permute(0, 2, 3, 1)


def each(strength: Tensor) -> Tensor:
    """One number a sample, against its pixels: [B] as [B, 1, 1, 1]."""
    return strength[:, None, None, None]
