"""The fourteen operations as Pillow does them, in whole levels 0..255 with an alpha plane, for reference policies.

The reference implementations of FixMatch run on Pillow; its rounding, its centre of shear and what it does to
pixels that come from outside differ from torchvision's. x is [B, C + 1, H, W], the last plane 255 where the pixel
comes from the picture and 0 where it does not. Numbers: Pillow's ImageEnhance, ImageOps and Geometry.c, read in 13.0.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.augment.blurs import RING, SMOOTH
from ssl_core.augment.light import equalize as equalize_unit
from ssl_core.augment.operation import each


def _parts(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[:, :-1], x[:, -1:]


def opaque(x: Tensor, colour: Tensor) -> Tensor:
    """Operations that know no alpha plane drop it: the fill becomes an ordinary black pixel."""
    return torch.cat([colour, torch.full_like(x[:, -1:], 255)], 1)


def _blend(towards: Tensor, colour: Tensor, factor: Tensor) -> Tensor:
    return (towards + each(factor.float()) * (colour - towards)).trunc().clamp(0, 255)


def luma(colour: Tensor) -> Tensor:
    """Pillow's grey, 16-bit fixed point."""
    if colour.shape[1] == 1:
        return colour
    r, g, b = colour.long().unbind(1)
    return ((19595 * r + 38470 * g + 7471 * b + 32768) >> 16)[:, None].to(colour.dtype)


def brightness(x: Tensor, factor: Tensor) -> Tensor:
    """Towards black."""
    colour, alpha = _parts(x)
    return torch.cat([_blend(torch.zeros_like(colour), colour, factor), alpha], 1)


def color(x: Tensor, factor: Tensor) -> Tensor:
    """Towards grey."""
    colour, alpha = _parts(x)
    return torch.cat([_blend(luma(colour), colour, factor), alpha], 1)


def contrast(x: Tensor, factor: Tensor) -> Tensor:
    """Towards the rounded mean grey, hidden black included."""
    colour, alpha = _parts(x)
    mean = (luma(colour).double().mean(dim=(1, 2, 3), keepdim=True) + 0.5).floor().to(colour.dtype)
    return torch.cat([_blend(mean, colour, factor), alpha], 1)


def sharpness(x: Tensor, factor: Tensor) -> Tensor:
    """Towards the 3×3 filter 1..5..1 / 13, rounded; the border stays."""
    colour, alpha = _parts(x)
    return torch.cat([_blend(_filter(colour, SMOOTH), colour, factor), alpha], 1)


def _filter(colour: Tensor, weights: list[list[float]]) -> Tensor:
    """A small kernel, rounded to levels; the border it does not fit on stays."""
    edge, kernel = len(weights) // 2, torch.tensor(weights, dtype=torch.float64, device=colour.device)
    if min(colour.shape[-2:]) <= 2 * edge:
        return colour
    sums = F.conv2d(colour.double(), kernel.expand(colour.shape[1], 1, *kernel.shape), groups=colour.shape[1])
    out = colour.clone()
    out[..., edge:-edge, edge:-edge] = (sums / kernel.sum() + 0.5).floor().clamp(0, 255).to(colour.dtype)
    return out


def smooth(x: Tensor, strength: Tensor) -> Tensor:
    """PIL's SMOOTH."""
    return opaque(x, _filter(_parts(x)[0], SMOOTH))


def blur(x: Tensor, strength: Tensor) -> Tensor:
    """PIL's BLUR."""
    return opaque(x, _filter(_parts(x)[0], RING))


def autocontrast(x: Tensor, strength: Tensor) -> Tensor:
    """Stretch each channel to 0..255, in double precision, truncated."""
    colour, _ = _parts(x)
    wide = colour.double()
    low, high = wide.amin(dim=(2, 3), keepdim=True), wide.amax(dim=(2, 3), keepdim=True)
    scale = 255.0 / (high - low).clamp(min=1)
    stretched = (wide * scale + (-low * scale)).trunc().clamp(0, 255)
    return opaque(x, torch.where(high > low, stretched, wide).to(colour.dtype))


def equalize(x: Tensor, strength: Tensor) -> Tensor:
    """The same table as torchvision's, on whole levels."""
    colour, _ = _parts(x)
    return opaque(x, (equalize_unit(colour / 255, strength) * 255).round())


def invert(x: Tensor, strength: Tensor) -> Tensor:
    """255 − x."""
    return opaque(x, 255 - _parts(x)[0])


def posterize(x: Tensor, bits: Tensor) -> Tensor:
    """Keep the highest bits of each value."""
    step = each(2.0 ** (8 - bits.floor())).to(x.dtype)
    return opaque(x, (_parts(x)[0] / step).floor() * step)


def solarize(x: Tensor, threshold: Tensor) -> Tensor:
    """Invert values of at least the threshold, in levels."""
    colour, _ = _parts(x)
    return opaque(x, torch.where(colour >= each(threshold), 255 - colour, colour))


def identity(x: Tensor, strength: Tensor) -> Tensor:
    """Nothing."""
    return x


def warp(x: Tensor, matrix: Tensor) -> Tensor:
    """Each pixel reads (a·(x+½) + b·(y+½) + c, …) cut to a whole place; outside lies black with alpha 0."""
    height, width = x.shape[-2:]
    m = matrix.double()[:, :, :, None, None]
    px = torch.arange(width, device=x.device, dtype=torch.float64) + 0.5
    py = (torch.arange(height, device=x.device, dtype=torch.float64) + 0.5)[:, None]
    column, row = ((m[:, i, 0] * px + m[:, i, 1] * py + m[:, i, 2]).floor().long() for i in (0, 1))
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    place = (row.clamp(0, height - 1) * width + column.clamp(0, width - 1)).flatten(1)
    read = x.flatten(2).gather(2, place[:, None].expand(-1, x.shape[1], -1)).view_as(x)
    return torch.where(inside[:, None], read, 0)


def _matrix(a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor, f: Tensor) -> Tensor:
    return torch.stack([torch.stack([a, b, c], -1), torch.stack([d, e, f], -1)], -2)


def rotate(x: Tensor, degrees: Tensor) -> Tensor:
    """Counter-clockwise about the centre."""
    angle = torch.deg2rad(degrees.double())
    cos, sin = angle.cos(), angle.sin()
    cx, cy = x.shape[-1] / 2, x.shape[-2] / 2
    return warp(x, _matrix(cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy))


def shear_x(x: Tensor, s: Tensor) -> Tensor:
    """Reads x + s·y about the top left corner: leans the other way round than torchvision's sign."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    return warp(x, _matrix(one, s, zero, zero, one, zero))


def shear_y(x: Tensor, s: Tensor) -> Tensor:
    """Reads y + s·x about the top left corner."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    return warp(x, _matrix(one, zero, zero, s, one, zero))


def translate_x(x: Tensor, pixels: Tensor) -> Tensor:
    """Reads so many pixels to the right."""
    one, zero = torch.ones_like(pixels), torch.zeros_like(pixels)
    return warp(x, _matrix(one, zero, pixels, zero, one, zero))


def translate_y(x: Tensor, pixels: Tensor) -> Tensor:
    """Reads so many pixels further down."""
    one, zero = torch.ones_like(pixels), torch.zeros_like(pixels)
    return warp(x, _matrix(one, zero, zero, zero, one, pixels))


PILLOW: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "autocontrast": autocontrast,
    "brightness": brightness,
    "color": color,
    "contrast": contrast,
    "equalize": equalize,
    "identity": identity,
    "posterize": posterize,
    "rotate": rotate,
    "sharpness": sharpness,
    "shear_x": shear_x,
    "shear_y": shear_y,
    "solarize": solarize,
    "translate_x": translate_x,
    "translate_y": translate_y,
}
