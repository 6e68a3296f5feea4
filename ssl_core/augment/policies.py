"""Which operation each picture gets, and how strongly: drawn in one function, applied in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ssl_core.augment.operations import OPERATIONS, warp

Drawn = dict[str, Tensor]


class Stage(Protocol):
    """One step of a policy; draws are tensors whose first dimension is the batch."""

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """Decide for every picture, on the CPU, so that a GPU gets the same decisions."""

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Carry the decisions out on x [B, C, H, W] in 0..1."""


def _uniform(shape: tuple[int, ...], generator: Generator) -> Tensor:
    return torch.rand(shape, generator=generator)


@dataclass(frozen=True)
class ShiftFlip:
    """The weak augmentation: shift by up to `pixels` each way with reflected borders, mirror half if `flip`.

    FixMatch section 2.3; a shift of 12.5 % is 4 pixels of 32.
    """

    pixels: int
    flip: bool

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """dy, dx in 0..2·pixels inclusive, and flip, each [B]."""
        reach = 2 * self.pixels + 1
        return {
            "dy": torch.randint(reach, (batch_size,), generator=generator),
            "dx": torch.randint(reach, (batch_size,), generator=generator),
            "flip": (_uniform((batch_size,), generator) < 0.5) & self.flip,
        }

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Cut each picture out of its reflected surroundings."""
        height, width = x.shape[-2:]
        windows = F.pad(x, [self.pixels] * 4, mode="reflect").unfold(2, height, 1).unfold(3, width, 1)
        rows = torch.arange(len(x), device=x.device)
        moved = windows[rows, :, drawn["dy"].to(x.device), drawn["dx"].to(x.device)]  # [B, C, H, W]
        if not self.flip:
            return moved
        return torch.where(drawn["flip"].to(x.device)[:, None, None, None], moved.flip(-1), moved)


@dataclass(frozen=True)
class RandAugment:
    """`count` operations of `pool` a picture, with replacement, strengths uniform over each one's range.

    Cubuk 2019 as FixMatch uses it (its paper, section 2.3). Each operation acts with probability `chance`: 1 in
    the paper, 0.5 in its code. Geometry is sampled "nearest" (the reference) or "bilinear" (better below 24
    pixels, where a small rotation moves no pixel at all under "nearest").
    """

    pool: tuple[str, ...]
    count: int = 2
    chance: float = 1.0
    sampling: str = "nearest"

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """operation (index into pool), strength (signed) and acts, each [B, count]."""
        shape = (batch_size, self.count)
        index = torch.randint(len(self.pool), shape, generator=generator)
        ops = [OPERATIONS[name] for name in self.pool]
        low, high = torch.tensor([op.low for op in ops]), torch.tensor([op.high for op in ops])
        signed = torch.tensor([op.signed for op in ops])
        strength = low[index] + (high - low)[index] * _uniform(shape, generator)
        negative = (_uniform(shape, generator) < 0.5) & signed[index]
        return {
            "operation": index,
            "strength": torch.where(negative, -strength, strength),
            "acts": _uniform(shape, generator) < self.chance,
        }

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Operation by operation over the rows that drew it; all geometry of a slot in one sampling."""
        for slot in range(self.count):
            index = torch.where(drawn["acts"][:, slot], drawn["operation"][:, slot], -1)
            x = self._slot(x, index, drawn["strength"][:, slot])
        return x

    def _slot(self, x: Tensor, index: Tensor, strength: Tensor) -> Tensor:
        out = x.clone()
        moved_rows, matrices = [], []
        for number, name in enumerate(self.pool):
            rows = (index == number).nonzero().squeeze(1)
            if not len(rows) or name == "identity":
                continue
            operation = OPERATIONS[name]
            if operation.matrix:
                moved_rows.append(rows)
                matrices.append(operation.matrix(strength[rows]))
            else:
                rows, amount = rows.to(x.device), strength[rows].to(x.device, x.dtype)
                out[rows] = operation.pixels(x[rows], amount)
        if moved_rows:
            rows = torch.cat(moved_rows).to(x.device)
            out[rows] = warp(x[rows], torch.cat(matrices).to(x.device), self.sampling)
        return out


@dataclass(frozen=True)
class Cutout:
    """Paint over one square a picture (DeVries & Taylor 2017); centre anywhere, clipped at the border.

    The side is uniform between `low` and `high`, shares of the picture's side; 0..0.5 in FixMatch's paper.
    """

    low: float = 0.0
    high: float = 0.5
    fill: float = 0.5

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """side, and the centre as y and x, all shares of the picture, each [B]."""
        side = self.low + (self.high - self.low) * _uniform((batch_size,), generator)
        return {
            "side": side,
            "y": _uniform((batch_size,), generator),
            "x": _uniform((batch_size,), generator),
        }

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Pixels whose centre lies within half a side of the drawn centre become `fill`."""
        height, width = x.shape[-2:]
        half = drawn["side"].to(x.device)[:, None] / 2
        down = ((torch.arange(height, device=x.device) + 0.5) / height - drawn["y"].to(x.device)[:, None]).abs() < half
        across = ((torch.arange(width, device=x.device) + 0.5) / width - drawn["x"].to(x.device)[:, None]).abs() < half
        return x.masked_fill((down[:, :, None] & across[:, None, :])[:, None], self.fill)


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

    def __call__(self, x: Tensor, generator: Generator) -> Tensor:
        """Draw and apply."""
        return self.apply(self.draw(len(x), generator), x)


def weak(card: Any) -> Policy:
    """FixMatch's weak augmentation for a data set: shift, and mirror where a mirrored picture keeps its label."""
    return Policy("weak", (ShiftFlip(card.shift, card.flip),))


def strong(card: Any) -> Policy:
    """FixMatch's strong augmentation: weak, then two RandAugment operations, then Cutout.

    Operations that cannot change pictures of this size or colour are left out instead of silently doing nothing.
    Below 24 pixels a side it is gentler, as measured for the digits' recipe (train/recipes.py): each operation acts
    with probability 0.5 as in the reference code, tones are not inverted or merged, and the hole is black.
    """
    pool = tuple(name for name, op in OPERATIONS.items() if op.works_on(card.channels, card.side))
    if card.side >= 24:
        return Policy("strong", (*weak(card).stages, RandAugment(pool), Cutout()))
    pool = tuple(name for name in pool if name not in ("solarize", "posterize"))
    stages = (RandAugment(pool, chance=0.5, sampling="bilinear"), Cutout(high=0.375, fill=0.0))
    return Policy("strong", (*weak(card).stages, *stages))
