"""DiffAugment (Zhao et al. 2020, arXiv:2006.10738): a GAN with few pictures learns from augmented ones only.

The discriminator never sees a picture as it is, neither a real nor a made one, so it cannot learn the few by heart;
the generator learns through the augmentation, which therefore has a gradient. Drawn apart from applied; every picture
draws its own.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator, Tensor

POLICIES = ("none", "translation", "translation, cutout", "colour, translation, cutout")
SHIFT, HOLE = 0.125, 0.5  # of the side, as in the paper's appendix


class Drawn(NamedTuple):
    """What happens to each of B pictures: shares of the side, or factors; None for what a policy leaves out."""

    light: Tensor | None  # [3, B]: brightness −½..½, saturation 0..2, contrast ½..1½
    shift: Tensor | None  # [2, B] in −1..1 of SHIFT
    hole: Tensor | None  # [2, B] in 0..1: where the centre of the hole lies


def draw(policy: str, n: int, generator: Generator) -> Drawn:
    """Chance for `n` pictures."""
    numbers = torch.rand(7, n, generator=generator)  # always all of it: a policy changes nothing that is drawn later
    light = torch.stack([numbers[0] - 0.5, 2 * numbers[1], numbers[2] + 0.5])
    return Drawn(
        light if "colour" in policy else None,
        2 * numbers[3:5] - 1 if "translation" in policy else None,
        numbers[5:7] if "cutout" in policy else None,
    )


def apply(drawn: Drawn, x: Tensor) -> Tensor:
    """Pictures [B, C, H, W] in −1..1 to the same, augmented; values may leave −1..1, as in the paper's code."""
    if drawn.light is not None:
        brightness, saturation, contrast = drawn.light.to(x)[..., None, None, None].unbind()
        x = x + brightness
        grey = x.mean(dim=1, keepdim=True)
        x = (x - grey) * saturation + grey
        mean = x.mean(dim=(1, 2, 3), keepdim=True)
        x = (x - mean) * contrast + mean
    if drawn.shift is not None:
        x = _shifted(x, drawn.shift)
    return x if drawn.hole is None else x * _around_hole(x, drawn.hole)


def _shifted(x: Tensor, shift: Tensor) -> Tensor:
    """By whole pixels, at most SHIFT of the side; what comes in is −1, which is black (the paper: mid-grey, 0)."""
    _, _, height, width = x.shape
    down, right = (shift.to(x).cpu() * torch.tensor([[height], [width]]) * SHIFT).round().long()
    rows = torch.arange(height) - down[:, None]  # [B, H]: where each row comes from
    columns = torch.arange(width) - right[:, None]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    picked = (
        torch.arange(len(x))[:, None, None],
        rows.clamp(0, height - 1)[:, :, None],
        columns.clamp(0, width - 1)[:, None],
    )
    moved = x.permute(0, 2, 3, 1)[picked].permute(0, 3, 1, 2)
    return torch.where(inside[:, None].to(x.device), moved, -1.0)


def _around_hole(x: Tensor, hole: Tensor) -> Tensor:
    """1 where a picture stays and 0 in a square of HOLE of the side, whose centre may lie anywhere [B, 1, H, W]."""
    _, _, height, width = x.shape
    top, left = (hole.to(x) * torch.tensor([[height], [width]]).to(x)).floor()
    rows, columns = torch.arange(height).to(x), torch.arange(width).to(x)
    down = (rows - top[:, None] + HOLE * height / 2).floor()
    right = (columns - left[:, None] + HOLE * width / 2).floor()
    inside = ((down >= 0) & (down < HOLE * height))[:, :, None] & ((right >= 0) & (right < HOLE * width))[:, None, :]
    return (~inside)[:, None].to(x)
