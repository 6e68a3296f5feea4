"""Which operation each picture gets, and how strongly: drawn in one function, applied in another.

Here are the policies that training uses, weak and strong, and their stages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ssl_core.augment.chance import sent
from ssl_core.augment.erase import square
from ssl_core.augment.operations import OPERATIONS, PAPER_NAMES
from ssl_core.augment.policy import Change, Drawn, Frame, Policy, changes
from ssl_core.augment.spread import spread
from ssl_core.knobs import knob


def _uniform(shape: tuple[int, ...], generator: Generator) -> Tensor:
    return torch.rand(shape, generator=generator)


@dataclass(frozen=True)
class ShiftFlip:
    """The weak augmentation: shift by up to `pixels` each way with reflected borders, mirror half if `flip`.

    FixMatch section 2.3; a shift of 12.5 % is 4 pixels of 32.
    """

    pixels: int = knob(4, "Largest shift, pixels.", low=0, high=64, source="FixMatch: 12.5 % of the side")
    flip: bool = knob(True, "Mirror half of the pictures.", source="FixMatch; not for digits")

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
        moved = windows[rows, :, sent(drawn["dy"], x), sent(drawn["dx"], x)]  # [B, C, H, W]
        if not self.flip:
            return moved
        return torch.where(sent(drawn["flip"], x)[:, None, None, None], moved.flip(-1), moved)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame: how far, and whether mirrored."""
        seen = []
        for dy, dx, flip in zip(*(drawn[key].tolist() for key in ("dy", "dx", "flip")), strict=True):
            moves = (Change("shift_right", self.pixels - dx), Change("shift_down", self.pixels - dy))
            seen.append((*(move for move in moves if move.strength), *[Change("hflip")] * flip))
        return [Frame(self.apply(drawn, x), seen)]


@dataclass(frozen=True)
class RandAugment:
    """`count` operations of `pool` a picture, with replacement, strengths uniform over each one's range.

    Cubuk 2019 as FixMatch uses it (its paper, section 2.3). Each operation acts with probability `chance`: 1 in
    the paper, 0.5 in its code. Geometry is sampled "nearest" (the reference) or "bilinear" (better below 24
    pixels, where a small rotation moves no pixel at all under "nearest").
    """

    pool: tuple[str, ...] = PAPER_NAMES
    count: int = knob(2, "Operations a picture.", low=1, high=6, source="FixMatch, section 2.3")
    chance: float = knob(1.0, "Probability that a drawn operation acts.", low=0.0, high=1.0, source="paper 1, code 0.5")
    sampling: str = knob(
        "nearest", "How moved pixels are read.", choices=("nearest", "bilinear"), source="reference: nearest"
    )

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
            x = self._slot(drawn, slot, x, in_place=slot > 0)
        return x

    def _slot(self, drawn: Drawn, slot: int, x: Tensor, in_place: bool = False) -> Tensor:
        index = torch.where(drawn["acts"][:, slot], drawn["operation"][:, slot], -1)
        return spread(x, self.pool, index, drawn["strength"][:, slot], None, self.sampling, in_place=in_place)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame a slot."""
        frames = []
        for slot in range(self.count):
            x = self._slot(drawn, slot, x)
            index = torch.where(drawn["acts"][:, slot], drawn["operation"][:, slot], -1).tolist()
            frames.append(Frame(x, changes(self.pool, index, drawn["strength"][:, slot].tolist())))
        return frames


@dataclass(frozen=True)
class Cutout:
    """Paint over one square a picture (DeVries & Taylor 2017); centre anywhere, clipped at the border.

    The side is uniform between `low` and `high`, shares of the picture's side; 0..0.5 in FixMatch's paper.
    """

    low: float = knob(0.0, "Smallest side, share of the picture's.", low=0.0, high=1.0, source="FixMatch, appendix")
    high: float = knob(0.5, "Largest side, share of the picture's.", low=0.0, high=1.0, source="FixMatch, appendix")
    fill: float = knob(0.5, "Paint: 0 black, 1 white.", low=0.0, high=1.0, source="reference: mid-grey")

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
        side, y, across = (sent(drawn[key], x) for key in ("side", "y", "x"))
        return x.masked_fill(square(x, side, y, across)[:, None], self.fill)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame: how large the square is before it is clipped."""
        return [Frame(self.apply(drawn, x), [(Change("hole", side),) for side in drawn["side"].tolist()])]


def weak(card: Any) -> Policy:
    """FixMatch's weak augmentation for a data set: shift, and mirror where a mirrored picture keeps its label."""
    return Policy("weak", (ShiftFlip(card.shift, card.flip),))


def strong(card: Any) -> Policy:
    """FixMatch's strong augmentation: weak, then two RandAugment operations, then Cutout.

    Operations that cannot change pictures of this size or colour are left out instead of silently doing nothing.
    Below 24 pixels a side it is gentler, as measured for the digits' recipe (train/recipes.py): each operation acts
    with probability 0.5 as in the reference code, tones are not inverted or merged, and the hole is black.
    """
    pool = tuple(name for name in PAPER_NAMES if OPERATIONS[name].works_on(card.channels, card.side))
    if card.side >= 24:
        return Policy("strong", (*weak(card).stages, RandAugment(pool), Cutout()))
    pool = tuple(name for name in pool if name not in ("solarize", "posterize"))
    stages = (RandAugment(pool, chance=0.5, sampling="bilinear"), Cutout(high=0.375, fill=0.0))
    return Policy("strong", (*weak(card).stages, *stages))
