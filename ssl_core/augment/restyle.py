"""Another picture's look without another picture: only its statistics are taken over.

Style transfer needs a network and seconds. Much of a style lies in a few numbers: AdaIN (Huang & Belongie 2017)
exchanges mean and deviation of every channel of features, MoEx (Li et al. 2021) does so as an augmentation. Here the
features are the picture's own detail at three widths, whose sum is the picture, so that nothing needs a decoder: each
width goes towards the deviation it has in the style, by turning up what is there and by grain where that is too little.
So neither colours nor texture say any more what is shown; shapes do (Geirhos et al. 2019; Jackson et al. 2019).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.augment.chance import normal
from ssl_core.augment.operation import each

WIDTHS = (3, 5, 9)  # pixels over which detail is averaged away, one after another
LOUDEST = 2.0  # how much a picture's own detail is turned up at most: more turns a JPEG's ripples into a pattern
LEAST = 1e-4  # a deviation below it is none


class Statistics(NamedTuple):
    """Of every picture and channel: mean and deviation [B, C], and the deviation of its detail [B, C, len(WIDTHS)]."""

    mean: Tensor
    deviation: Tensor
    detail: Tensor


def parted(x: Tensor) -> tuple[list[Tensor], Tensor]:
    """Detail of each width, the finest first, and what is left; their sum is x [B, C, H, W]."""
    details = []
    for width in WIDTHS:
        smooth = _mean_of_neighbours(_mean_of_neighbours(x, width, 2), width, 3)
        details.append(x - smooth)
        x = smooth
    return details, x


def statistics(x: Tensor) -> Statistics:
    """The look of pictures [B, C, H, W] in numbers."""
    details, _ = parted(x)
    detail = torch.stack([_deviation(detail) for detail in details], dim=2)
    return Statistics(x.mean(dim=(2, 3)), _deviation(x), detail)


def taken_over(x: Tensor, style: Statistics, grain: Tensor) -> Tensor:
    """x [B, C, H, W] with mean and deviation of a style, exactly, and its detail as far as x has a ground to put it on.

    grain [B, 1, H, W] is noise that stands in for detail which x lacks. Values may leave 0..1.
    """
    details, rest = parted(x)
    lattices, _ = parted(grain)
    for detail, lattice, wanted in zip(details, lattices, style.detail.unbind(2), strict=True):
        have = _deviation(detail)
        louder = (wanted / have.clamp(min=LEAST)).clamp(max=LOUDEST)
        lacking = (wanted**2 - (louder * have) ** 2).clamp(min=0).sqrt()
        grainier = lacking / _deviation(lattice).clamp(min=LEAST)
        rest = rest.addcmul(_over(louder), detail).addcmul(_over(grainier), lattice)
    centred = rest - rest.mean(dim=(2, 3), keepdim=True)
    return _over(style.mean) + _over(style.deviation / _deviation(rest).clamp(min=LEAST)) * centred


@cache
def palette() -> Statistics:
    """Looks of photographs and patterns that ship, [N, 3]; `python -m tests.augment.styles` measures them."""
    looks = json.loads(Path(__file__).with_name("styles.json").read_text()).values()
    return Statistics(*(torch.tensor([look[part] for look in looks]) for part in Statistics._fields))


def drawn(luck: Tensor, channels: int) -> Statistics:
    """For every row of luck [B, 3] a look somewhere between two of the palette."""
    looks, count = [part.to(luck.device) for part in palette()], len(palette().mean)
    one, other = (luck[:, :2] * count).long().clamp(max=count - 1).T
    share = luck[:, 2]
    mixed = [torch.lerp(part[one], part[other], share.view(-1, *[1] * (part.ndim - 1))) for part in looks]
    return Statistics(*(part if channels == 3 else part.mean(dim=1, keepdim=True) for part in mixed))


def restyle(x: Tensor, amount: Tensor, luck: Tensor) -> Tensor:
    """`amount` of the way to another look; where things are and what they look like beside each other stays."""
    style = Statistics(*(part.to(x.dtype) for part in drawn(luck[:, :3], x.shape[1])))
    grain = normal(luck[:, 3:5], x.shape[-2] * x.shape[-1]).view(len(x), 1, *x.shape[-2:]).to(x.dtype)
    return x + each(amount) * (taken_over(x, style, grain).clamp(0, 1) - x)


def _deviation(x: Tensor) -> Tensor:
    centred = x - x.mean(dim=(2, 3), keepdim=True)
    return (centred * centred).mean(dim=(2, 3)).sqrt()  # as x.std, which takes six times as long


def _mean_of_neighbours(x: Tensor, width: int, dim: int) -> Tensor:
    """Along one side the mean of the `width` pixels around each that there are."""
    there = x.new_ones([x.shape[dim] if d == dim else 1 for d in range(4)])
    return _sum_of_neighbours(x, width, dim).div_(_sum_of_neighbours(there, width, dim))


def _sum_of_neighbours(x: Tensor, width: int, dim: int) -> Tensor:
    reach, side = width // 2, x.shape[dim]
    padded = F.pad(x, (0, 0, reach, reach) if dim == 2 else (reach, reach))
    total = padded.narrow(dim, 0, side).clone()
    for first in range(1, width):
        total += padded.narrow(dim, first, side)
    return total


def _over(numbers: Tensor) -> Tensor:
    """[B, C] against pixels."""
    return numbers[:, :, None, None]
