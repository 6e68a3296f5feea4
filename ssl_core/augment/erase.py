"""Painting over a box, and noise: what is lost is gone."""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.augment.chance import field, normal
from ssl_core.augment.operation import each


def square(x: Tensor, side: Tensor, y: Tensor, across: Tensor) -> Tensor:
    """Mask [B, H, W] of pixels whose centre lies within half of `side` of the centre; all shares of the picture."""
    height, width = x.shape[-2:]
    half = side[:, None] / 2
    rows = ((torch.arange(height, device=x.device) + 0.5) / height - y[:, None]).abs() < half
    columns = ((torch.arange(width, device=x.device) + 0.5) / width - across[:, None]).abs() < half
    return rows[:, :, None] & columns[:, None, :]


def cutout(x: Tensor, side: Tensor, luck: Tensor) -> Tensor:
    """A grey square, its centre anywhere, clipped at the border (DeVries & Taylor 2017)."""
    return x.masked_fill(square(x, side, luck[:, 0], luck[:, 1])[:, None], 0.5)


def box(x: Tensor, area: Tensor, luck: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """top, left, height, width [B] in whole pixels of a box of this area and a ratio of 0.3 to 3.3 inside x."""
    height, width = x.shape[-2:]
    ratio = 0.3 * (3.3 / 0.3) ** luck[:, 0]  # Zhong 2017, as torchvision has it
    h = (height * (area * ratio).sqrt()).round().clamp(max=height)
    w = (width * (area / ratio).sqrt()).round().clamp(max=width)
    return (luck[:, 1] * (height - h + 1)).floor(), (luck[:, 2] * (width - w + 1)).floor(), h, w


def _erased(x: Tensor, area: Tensor, luck: Tensor, value: Tensor | float) -> Tensor:
    top, left, h, w = (part[:, None] for part in box(x, area, luck))
    rows, columns = torch.arange(x.shape[-2], device=x.device), torch.arange(x.shape[-1], device=x.device)
    down, across = (rows >= top) & (rows < top + h), (columns >= left) & (columns < left + w)
    hole = (down[:, :, None] & across[:, None, :])[:, None]
    return torch.where(hole, value, x)


def erase(x: Tensor, area: Tensor, luck: Tensor) -> Tensor:
    """A black box."""
    return _erased(x, area, luck, 0.0)


def erase_grey(x: Tensor, area: Tensor, luck: Tensor) -> Tensor:
    """A mid-grey box."""
    return _erased(x, area, luck, 0.5)


def erase_mean(x: Tensor, area: Tensor, luck: Tensor) -> Tensor:
    """A box in the picture's mean colour."""
    return _erased(x, area, luck, x.mean(dim=(2, 3), keepdim=True))


def erase_noise(x: Tensor, area: Tensor, luck: Tensor) -> Tensor:
    """A box of noise."""
    return _erased(x, area, luck, field(luck[:, 3:5], x[0].numel()).view_as(x).to(x.dtype))


def gaussian_noise(x: Tensor, deviation: Tensor, luck: Tensor) -> Tensor:
    """Add a bell curve's noise, another number for every pixel and channel."""
    return (x + each(deviation) * normal(luck, x[0].numel()).view_as(x)).clamp(0, 1)


def salt_pepper(x: Tensor, share: Tensor, luck: Tensor) -> Tensor:
    """This share of the pixels becomes black or white, half each."""
    u = field(luck, x.shape[-2] * x.shape[-1]).view(len(x), 1, *x.shape[-2:])
    half = each(share) / 2
    return torch.where(u < half, 0.0, torch.where(u > 1 - half, 1.0, x))


def shot_noise(x: Tensor, deviation: Tensor, luck: Tensor) -> Tensor:
    """A camera's noise in the dark: its variance grows with the light; `deviation` is that of white.

    White then stands for 1/deviation² photons; a bell curve in place of Poisson's law, good above ten photons.
    """
    return (x + each(deviation) * x.clamp(min=0).sqrt() * normal(luck, x[0].numel()).view_as(x)).clamp(0, 1)
