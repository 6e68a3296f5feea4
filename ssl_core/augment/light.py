"""Light and contrast: what happens to one value at a time, or to all of a picture's values together."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.augment.operation import each

GREY = (0.2989, 0.587, 0.114)  # ITU-R 601 luma, as torchvision rounds it


def grey_of(x: Tensor) -> Tensor:
    """The luma [B, 1, H, W] of grey or RGB pictures."""
    if x.shape[1] == 1:
        return x
    r, g, b = x.unbind(1)
    return (GREY[0] * r).add_(GREY[1] * g).add_(GREY[2] * b)[:, None]


def blend(x: Tensor, towards: Tensor, factor: Tensor) -> Tensor:
    """factor·x + (1 − factor)·towards, held within 0..1."""
    f = each(factor)
    return (f * x).add_((1 - f) * towards).clamp_(0, 1)


def identity(x: Tensor, strength: Tensor) -> Tensor:
    """Leave the picture alone: RandAugment counts this among its operations."""
    return x


def brightness(x: Tensor, factor: Tensor) -> Tensor:
    """Towards black below 1, towards white above."""
    return (each(factor) * x).clamp_(0, 1)


def contrast(x: Tensor, factor: Tensor) -> Tensor:
    """Towards the picture's mean grey below 1."""
    return blend(x, grey_of(x).mean(dim=(1, 2, 3), keepdim=True), factor)


def gamma(x: Tensor, exponent: Tensor) -> Tensor:
    """x to the power of the exponent: brighter middle tones below 1, darker above."""
    return x.pow(each(exponent))


def posterize(x: Tensor, bits: Tensor) -> Tensor:
    """Keep this many bits of each channel (truncated to a whole number)."""
    levels = each(2.0 ** bits.floor())
    return (x * levels).floor_().clamp_(max=levels - 1).div_(levels)


def solarize(x: Tensor, threshold: Tensor) -> Tensor:
    """Invert what is at least as bright as the threshold."""
    return torch.where(x >= each(threshold), 1 - x, x)


def solarize_add(x: Tensor, amount: Tensor) -> Tensor:
    """Brighten what is darker than one half by this amount."""
    return torch.where(x < 0.5, (x + each(amount)).clamp_(0, 1), x)


def invert(x: Tensor, strength: Tensor) -> Tensor:
    """Black to white and back."""
    return 1 - x


def autocontrast(x: Tensor, strength: Tensor) -> Tensor:
    """Stretch each channel to 0..1; a channel of one value stays."""
    low, high = x.amin(dim=(-2, -1), keepdim=True), x.amax(dim=(-2, -1), keepdim=True)
    scale = 1 / (high - low)
    flat = ~torch.isfinite(scale)
    return ((x - low.masked_fill(flat, 0)) * scale.masked_fill(flat, 1)).clamp_(0, 1)


def _counted(place: Tensor, count: int) -> Tensor:
    """How often each of 0..count − 1 stands in `place` [N], int64 [count]."""
    if place.is_cpu:
        return torch.bincount(place, minlength=count)
    return torch.zeros(count, dtype=torch.long, device=place.device).scatter_add_(
        0, place.long(), torch.ones_like(place, dtype=torch.long)
    )  # a GPU would have to be waited for: bincount asks it for the largest number


def equalize(x: Tensor, strength: Tensor) -> Tensor:
    """Flatten each channel's histogram, counted on 256 levels; needs more than 255 pixels to do anything."""
    batch, channels, height, width = x.shape
    planes = batch * channels
    level = (x * 255.999).clamp_(0, 255).to(torch.int32).reshape(planes, -1)
    place = level.add_(256 * torch.arange(planes, device=x.device, dtype=torch.int32)[:, None]).flatten()
    histogram = _counted(place, 256 * planes).view(planes, 256)
    cumulative = histogram.cumsum(1)
    last = (histogram != 0).long().mul(torch.arange(256, device=x.device)).argmax(1, keepdim=True)
    step = (height * width - histogram.gather(1, last)).div(255, rounding_mode="floor")
    table = (F.pad(cumulative, (1, 0))[:, :-1] + step // 2).div(step.clamp(min=1), rounding_mode="floor")
    table = torch.where(step == 0, torch.arange(256, device=x.device), table.clamp(0, 255))
    flattened = (table.to(x.dtype) / 255).flatten().index_select(0, place).view_as(x)
    return torch.where((step == 0).view(batch, channels, 1, 1), x, flattened)


# CTAugment mixes the picture with its full result by t, where the others take the full result.


def part_autocontrast(x: Tensor, t: Tensor) -> Tensor:
    """The share t of the way to autocontrast."""
    return blend(autocontrast(x, t), x, t)


def part_equalize(x: Tensor, t: Tensor) -> Tensor:
    """The share t of the way to equalize."""
    return blend(equalize(x, t), x, t)


def part_invert(x: Tensor, t: Tensor) -> Tensor:
    """The share t of the way to the negative."""
    return blend(1 - x, x, t)
