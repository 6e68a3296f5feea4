"""CLAHE (Zuiderveld 1994), contrast limited adaptive histogram equalisation, without OpenCV but with its pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

WHITE = (0.950456, 1.0, 1.088754)  # D65, as OpenCV has it
TO_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))


def _tables(level: Tensor, clip: Tensor, rows: int, columns: int) -> Tensor:
    """One map of 256 values for each tile, [B, rows·columns, 256]."""
    batch, height, width = level.shape
    tall, wide = height // rows, width // columns
    area = tall * wide
    tile = level.view(batch, rows, tall, columns, wide).transpose(2, 3).reshape(batch, rows * columns, area)
    histogram = level.new_zeros(batch, rows * columns, 256).scatter_add_(2, tile, torch.ones_like(tile))
    limit = (clip.double() * area / 256).long().clamp(min=1)[:, None, None]
    excess = (histogram - limit).clamp(min=0).sum(2, keepdim=True)
    histogram = torch.minimum(histogram, limit) + excess // 256
    rest = excess % 256
    stride = (256 // rest.clamp(min=1)).clamp(min=1)
    number = torch.arange(256, device=level.device)
    histogram = histogram + ((number % stride == 0) & (number // stride < rest))
    return (histogram.cumsum(2).float() * torch.tensor(255 / area, dtype=torch.float32)).round().clamp(0, 255)


def _neighbours(size: int, tile: int, tiles: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """For every pixel the tile before, the tile after and how far it is from the first."""
    at = torch.arange(size, device=device, dtype=torch.float32) * torch.tensor(1 / tile, dtype=torch.float32) - 0.5
    before = at.floor()
    return before.long().clamp(0, tiles - 1), (before.long() + 1).clamp(0, tiles - 1), at - before


def clahe_levels(level: Tensor, clip: Tensor, rows: int, columns: int) -> Tensor:
    """CLAHE of whole levels 0..255 [B, H, W] int64 with one clip limit a picture [B]; returns levels."""
    batch, height, width = level.shape
    extended = level
    if height % rows or width % columns:  # OpenCV's rule: both sides grow, a divisible one by a whole grid
        grow = [0, columns - width % columns, 0, rows - height % rows]
        extended = F.pad(level[:, None].float(), grow, mode="reflect")[:, 0].long()
    tables = _tables(extended, clip, rows, columns).flatten(1)
    tall, wide = extended.shape[1] // rows, extended.shape[2] // columns
    top, bottom, down = _neighbours(height, tall, rows, level.device)
    left, right, across = _neighbours(width, wide, columns, level.device)

    def read(row: Tensor, column: Tensor) -> Tensor:
        index = (row[:, None] * columns + column[None]) * 256 + level
        return tables.gather(1, index.flatten(1)).view(batch, height, width)

    above = read(top, left) * (1 - across) + read(top, right) * across
    below = read(bottom, left) * (1 - across) + read(bottom, right) * across
    return (above * (1 - down[:, None]) + below * down[:, None]).round().clamp(0, 255).long()


def to_lab(x: Tensor) -> tuple[Tensor, Tensor]:
    """CIE L 0..100 [B, H, W] and a, b [B, 2, H, W] of sRGB pictures in 0..1."""
    linear = torch.where(x > 0.04045, ((x + 0.055) / 1.055) ** 2.4, x / 12.92)
    xyz = torch.einsum("ij,bjhw->bihw", x.new_tensor(TO_XYZ), linear) / x.new_tensor(WHITE)[:, None, None]
    f = torch.where(xyz > 216 / 24389, xyz.clamp(min=0) ** (1 / 3), (24389 / 27 * xyz + 16) / 116)
    return 116 * f[:, 1] - 16, torch.stack([500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)


def from_lab(light: Tensor, ab: Tensor) -> Tensor:
    """Back to sRGB in 0..1; colours that sRGB does not have are clipped."""
    fy = (light + 16) / 116
    f = torch.stack([fy + ab[:, 0] / 500, fy, fy - ab[:, 1] / 200], 1)
    xyz = torch.where(f > 6 / 29, f**3, (116 * f - 16) * 27 / 24389) * f.new_tensor(WHITE)[:, None, None]
    linear = torch.einsum("ij,bjhw->bihw", torch.linalg.inv(f.new_tensor(TO_XYZ)), xyz).clamp(0, 1)
    return torch.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear).clamp(0, 1)


def grid_for(side: int) -> int:
    """Tiles a side: OpenCV's 8 where a tile keeps 4 pixels, fewer on small pictures."""
    return max(1, min(8, side // 4))


def clahe(x: Tensor, clip: Tensor) -> Tensor:
    """Even out contrast tile by tile; on RGB the lightness alone, so that colours stay."""
    rows, columns = grid_for(x.shape[-2]), grid_for(x.shape[-1])
    if x.shape[1] == 1:
        level = (x[:, 0] * 255).round().long().clamp(0, 255)
        return clahe_levels(level, clip, rows, columns).to(x.dtype)[:, None] / 255
    light, ab = to_lab(x)
    level = (light * 2.55).round().long().clamp(0, 255)
    return from_lab(clahe_levels(level, clip, rows, columns).to(x.dtype) / 2.55, ab)
