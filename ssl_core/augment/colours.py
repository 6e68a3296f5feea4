"""Colour: saturation, hue and channels; dead on grey pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.augment.light import blend, grey_of
from ssl_core.augment.operation import each


def color(x: Tensor, factor: Tensor) -> Tensor:
    """Towards grey below 1, more vivid above."""
    return blend(x, grey_of(x), factor)


def greyscale(x: Tensor, strength: Tensor) -> Tensor:
    """All three channels become the luma."""
    return grey_of(x).expand_as(x)


def channel_shuffle(x: Tensor, strength: Tensor, luck: Tensor) -> Tensor:
    """Red, green and blue change places, each order equally likely."""
    if x.shape[1] == 1:
        return x
    order = luck[:, :3].argsort(1)[:, :, None, None]
    return x.gather(1, order.expand(-1, -1, *x.shape[-2:]))


def to_hsv(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue, saturation and value, each 0..1 [B, H, W]; grey has hue 0."""
    red, green, blue = x.unbind(1)
    low, high = x.aminmax(dim=1)
    span = high - low
    flat = span == 0
    safe = torch.where(flat, 1, span)
    saturation = span / torch.where(flat, 1, high)
    r, g, b = (high - red) / safe, (high - green) / safe, (high - blue) / safe
    hue = torch.where(high == red, b - g, torch.where(high == green, 2 + r - b, 4 + g - r))
    return (hue / 6 + 1).fmod(1.0) * ~flat, saturation, high


def from_hsv(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Back to RGB [B, 3, H, W]."""
    six = hue * 6
    sector = six.floor()
    part = six - sector
    p = (value * (1 - saturation)).clamp_(0, 1)
    q = (value * (1 - saturation * part)).clamp_(0, 1)
    t = (value * (1 - saturation * (1 - part))).clamp_(0, 1)
    sector = sector.remainder_(6)
    first, second, third, fourth, fifth = (sector == k for k in range(5))  # sectors of the colour circle
    red = torch.where(
        first, value, torch.where(second, q, torch.where(third | fourth, p, torch.where(fifth, t, value)))
    )
    green = torch.where(first, t, torch.where(second | third, value, torch.where(fourth, q, p)))
    blue = torch.where(first | second, p, torch.where(third, t, torch.where(fourth | fifth, value, q)))
    return torch.stack([red, green, blue], 1)


def hue(x: Tensor, turn: Tensor) -> Tensor:
    """Turn the colour circle: 0.5 is half a turn, red to cyan."""
    if x.shape[1] == 1:
        return x
    angle, saturation, value = to_hsv(x)
    return from_hsv((angle + each(turn)[:, 0]).remainder(1.0), saturation, value)
