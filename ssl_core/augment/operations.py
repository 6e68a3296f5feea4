"""What can be done to a picture: pure functions of a batch in 0..1 [B, C, H, W] and one strength a sample [B].

The fourteen operations are RandAugment's (Cubuk 2019); the kernels follow torchvision's conventions, so that each
equals torchvision.transforms.v2.functional applied one picture at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

GREY = (0.2989, 0.587, 0.114)  # ITU-R 601 luma, as torchvision rounds it


@dataclass(frozen=True)
class Operation:
    """One operation and what must be known to use it well.

    `low` and `high` bound the strength in its own unit (`meaning` says which); a `signed` operation draws the
    sign apart. Exactly one of `pixels` (picture to picture) and `matrix` (strength to inverse affine map) is set.
    `colour` needs three channels; below `smallest` pixels a side the operation changes nothing ("dead").
    """

    name: str
    meaning: str
    low: float
    high: float
    signed: bool = False
    colour: bool = False
    smallest: int = 1
    pixels: Callable[[Tensor, Tensor], Tensor] | None = None
    matrix: Callable[[Tensor], Tensor] | None = None

    def __call__(self, x: Tensor, strength: Tensor) -> Tensor:
        """Apply to every picture of x with its own strength."""
        return self.pixels(x, strength) if self.pixels else warp(x, self.matrix(strength))

    def works_on(self, channels: int, side: int) -> bool:
        """Whether pictures of this kind can change at all."""
        return side >= self.smallest and (channels == 3 or not self.colour)


# --- geometry: inverse maps [B, 2, 3] in units of half the side, composed by one nearest or bilinear sampling


def _affine(a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor, f: Tensor) -> Tensor:
    return torch.stack([torch.stack([a, b, c], -1), torch.stack([d, e, f], -1)], -2)


def rotate(degrees: Tensor) -> Tensor:
    """Counter-clockwise about the centre."""
    angle = torch.deg2rad(degrees)
    zero = torch.zeros_like(angle)
    return _affine(angle.cos(), -angle.sin(), zero, angle.sin(), angle.cos(), zero)


def shear_x(s: Tensor) -> Tensor:
    """Lean along the width with the top edge fixed, as torchvision's RandAugment does."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    return _affine(one, -s, -s, zero, one, zero)


def shear_y(s: Tensor) -> Tensor:
    """Lean along the height with the left edge fixed."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    return _affine(one, zero, zero, -s, one, -s)


def translate_x(share: Tensor) -> Tensor:
    """Move right by a share of the side."""
    one, zero = torch.ones_like(share), torch.zeros_like(share)
    return _affine(one, zero, -2 * share, zero, one, zero)


def translate_y(share: Tensor) -> Tensor:
    """Move down by a share of the side."""
    one, zero = torch.ones_like(share), torch.zeros_like(share)
    return _affine(one, zero, zero, zero, one, -2 * share)


def warp(x: Tensor, matrix: Tensor, mode: str = "nearest") -> Tensor:
    """Sample x [B, C, H, W] through inverse maps [B, 2, 3]; what comes from outside is black."""
    grid = F.affine_grid(matrix.to(x.dtype), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode=mode, padding_mode="zeros", align_corners=False)


# --- light and colour


def _each(strength: Tensor) -> Tensor:
    return strength[:, None, None, None]


def _grey(x: Tensor) -> Tensor:
    if x.shape[1] == 1:
        return x
    r, g, b = x.unbind(1)
    return (GREY[0] * r + GREY[1] * g + GREY[2] * b)[:, None]


def _blend(x: Tensor, towards: Tensor, factor: Tensor) -> Tensor:
    f = _each(factor)
    return (f * x + (1 - f) * towards).clamp(0, 1)


def identity(x: Tensor, strength: Tensor) -> Tensor:
    """Leave the picture alone: RandAugment counts this among its operations."""
    return x


def brightness(x: Tensor, factor: Tensor) -> Tensor:
    """Towards black below 1, towards white above."""
    return (_each(factor) * x).clamp(0, 1)


def color(x: Tensor, factor: Tensor) -> Tensor:
    """Towards grey below 1, more vivid above."""
    return _blend(x, _grey(x), factor)


def contrast(x: Tensor, factor: Tensor) -> Tensor:
    """Towards the picture's mean grey below 1."""
    return _blend(x, _grey(x).mean(dim=(1, 2, 3), keepdim=True), factor)


def sharpness(x: Tensor, factor: Tensor) -> Tensor:
    """Towards a 3×3 blur below 1; border pixels stay, as in PIL and torchvision."""
    if min(x.shape[-2:]) <= 2:
        return x
    kernel = torch.ones(3, 3, dtype=x.dtype, device=x.device)
    kernel[1, 1] = 5.0
    kernel = (kernel / kernel.sum()).expand(x.shape[1], 1, 3, 3)
    blurred = x.clone()
    blurred[..., 1:-1, 1:-1] = F.conv2d(x, kernel, groups=x.shape[1])
    return _blend(x, blurred, factor)


def posterize(x: Tensor, bits: Tensor) -> Tensor:
    """Keep this many bits of each channel (truncated to a whole number)."""
    levels = _each(2.0 ** bits.floor())
    return ((x * levels).floor().clamp(max=levels - 1)) / levels


def solarize(x: Tensor, threshold: Tensor) -> Tensor:
    """Invert what is at least as bright as the threshold."""
    return torch.where(x >= _each(threshold), 1 - x, x)


def autocontrast(x: Tensor, strength: Tensor) -> Tensor:
    """Stretch each channel to 0..1; a channel of one value stays."""
    low, high = x.amin(dim=(-2, -1), keepdim=True), x.amax(dim=(-2, -1), keepdim=True)
    scale = 1 / (high - low)
    flat = ~torch.isfinite(scale)
    return torch.where(flat, x, ((x - torch.where(flat, 0, low)) * torch.where(flat, 1, scale)).clamp(0, 1))


def equalize(x: Tensor, strength: Tensor) -> Tensor:
    """Flatten each channel's histogram, counted on 256 levels; needs more than 255 pixels to do anything."""
    batch, channels, height, width = x.shape
    level = (x * 255.999).floor().long().clamp(0, 255).view(batch * channels, -1)
    histogram = level.new_zeros(batch * channels, 256).scatter_add_(1, level, torch.ones_like(level))
    cumulative = histogram.cumsum(1)
    last = (histogram != 0).long().mul(torch.arange(256, device=x.device)).argmax(1, keepdim=True)
    step = (height * width - histogram.gather(1, last)).div(255, rounding_mode="floor")
    table = (F.pad(cumulative, (1, 0))[:, :-1] + step // 2).div(step.clamp(min=1), rounding_mode="floor")
    table = torch.where(step == 0, torch.arange(256, device=x.device), table.clamp(0, 255))
    flattened = (table.gather(1, level).to(x.dtype) / 255).view_as(x)
    return torch.where((step == 0).view(batch, channels, 1, 1), x, flattened)


OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        # Ranges: FixMatch (Sohn 2020), Table 12 of its appendix: sampled uniformly, no global magnitude.
        Operation("identity", "does nothing", 0, 0, pixels=identity),
        Operation("autocontrast", "always full", 0, 0, pixels=autocontrast),
        Operation("equalize", "always full", 0, 0, smallest=16, pixels=equalize),
        Operation("rotate", "degrees", 0, 30, signed=True, matrix=rotate),
        Operation("solarize", "threshold, 0..1", 0, 1, pixels=solarize),
        Operation("color", "factor, 1 = unchanged", 0.05, 0.95, colour=True, pixels=color),
        Operation("contrast", "factor, 1 = unchanged", 0.05, 0.95, pixels=contrast),
        Operation("brightness", "factor, 1 = unchanged", 0.05, 0.95, pixels=brightness),
        Operation("sharpness", "factor, 1 = unchanged", 0.05, 0.95, smallest=3, pixels=sharpness),
        Operation("shear_x", "share of the side", 0, 0.3, signed=True, matrix=shear_x),
        Operation("shear_y", "share of the side", 0, 0.3, signed=True, matrix=shear_y),
        Operation("translate_x", "share of the side", 0, 0.3, signed=True, matrix=translate_x),
        Operation("translate_y", "share of the side", 0, 0.3, signed=True, matrix=translate_y),
        Operation("posterize", "bits kept", 4, 8, pixels=posterize),
    )
}
