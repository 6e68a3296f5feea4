"""Cutting a window out of a picture, and bending the picture: what one affine map cannot do."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.augment.chance import field
from ssl_core.augment.operation import places


def _read(x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Of each picture [C, H, W] its own rows [B, H] and columns [B, W]."""
    place = (rows[:, :, None] * x.shape[-1] + columns[:, None, :]).flatten(1)[:, None]
    return x.flatten(2).gather(2, place.expand(-1, x.shape[1], -1)).view_as(x)


def _reflected(start: Tensor, side: int) -> Tensor:
    """Indices [B, side] of a window that begins at `start` [B]; beyond the border it reads backwards."""
    index = (torch.arange(side, device=start.device) + start[:, None]).abs()
    return (side - 1) - ((side - 1) - index).abs()


def shift_by(x: Tensor, dy: Tensor, dx: Tensor) -> Tensor:
    """Windows of x moved down by dy and right by dx whole pixels [B], borders reflected."""
    height, width = x.shape[-2:]
    return _read(x, _reflected(dy, height), _reflected(dx, width))


def random_crop(x: Tensor, share: Tensor, luck: Tensor) -> Tensor:
    """Pad by a share of the side with reflected borders and cut a window of the old size anywhere."""
    height, width = x.shape[-2:]
    reach = share.abs().clamp(max=1)
    dy = ((2 * luck[:, 0] - 1) * (reach * height).clamp(max=height - 1)).round().long()
    dx = ((2 * luck[:, 1] - 1) * (reach * width).clamp(max=width - 1)).round().long()
    return shift_by(x, dy, dx)


def _stretched(x: Tensor, start: Tensor, length: Tensor, dim: int) -> Tensor:
    """A window of `length` pixels of each picture, enlarged along one side, bilinear, never looking outside it."""
    side = x.shape[dim]
    at = (torch.arange(side, device=start.device) + 0.5) * (length[:, None] / side) - 0.5
    at = torch.minimum(at.clamp(min=0), length[:, None] - 1)
    low = at.floor()
    high = torch.minimum(low + 1, length[:, None] - 1)
    shape = (-1, 1, side, 1) if dim == 2 else (-1, 1, 1, side)
    first, second = (x.gather(dim, (start[:, None] + place).long().view(shape).expand_as(x)) for place in (low, high))
    return first.lerp_(second, (at - low).to(x.dtype).view(shape))


def window(x: Tensor, top: Tensor, left: Tensor, height: Tensor, width: Tensor) -> Tensor:
    """Cut a window of whole pixels out of each picture and enlarge it to the old size."""
    return _stretched(_stretched(x, top, height, 2), left, width, 3)


def random_resized_crop(x: Tensor, area: Tensor, luck: Tensor) -> Tensor:
    """A window of this share of the area and a ratio of 3:4 to 4:3, anywhere, enlarged to the old size."""
    height, width = x.shape[-2:]
    least, most = torch.clamp(area, min=3 / 4), torch.clamp(1 / area, max=4 / 3)  # neither side beyond the picture
    ratio = least * (most / least) ** luck[:, 0]
    h = (height * (area / ratio).sqrt()).round().clamp(1, height)
    w = (width * (area * ratio).sqrt()).round().clamp(1, width)
    top, left = (luck[:, 1] * (height - h + 1)).floor(), (luck[:, 2] * (width - w + 1)).floor()
    return window(x, top, left, h, w)


def homography(inward: Tensor, height: int, width: int) -> Tensor:
    """Coefficients [B, 8] of the map that brings corners moved `inward` [B, 4, 2] pixels back to the border."""
    right, bottom = width - 1.0, height - 1.0
    start = inward.new_tensor([[0, 0], [right, 0], [right, bottom], [0, bottom]]).expand(len(inward), 4, 2)
    x, y = (start + inward * inward.new_tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])).unbind(-1)
    u, v = start.unbind(-1)
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    across = torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], -1)
    down = torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], -1)
    return torch.linalg.solve(torch.cat([across, down], 1), torch.cat([u, v], 1))


def perspective(x: Tensor, distortion: Tensor, luck: Tensor) -> Tensor:
    """Pull each corner inwards by up to `distortion` of half the side, as if seen from aside."""
    height, width = x.shape[-2:]
    half = luck.new_tensor([width / 2, height / 2])
    inward = luck.view(-1, 4, 2).double() * distortion[:, None, None] * half
    a, b, c, d, e, f, g, h = homography(inward, height, width)[:, :, None, None].unbind(1)
    px = torch.arange(width, device=x.device, dtype=torch.float64) + 0.5
    py = (torch.arange(height, device=x.device, dtype=torch.float64) + 0.5)[:, None]
    below = g * px + h * py + 1
    grid = torch.stack(
        [2 * (a * px + b * py + c) / below / width - 1, 2 * (d * px + e * py + f) / below / height - 1], -1
    )
    return F.grid_sample(x, grid.to(x.dtype), mode="bilinear", padding_mode="zeros", align_corners=False)


def bend(x: Tensor, displacement: Tensor) -> Tensor:
    """Read every pixel from elsewhere: displacement [B, H, W, 2] as (x, y) in units of half the side."""
    straight = x.new_tensor([[[1, 0, 0], [0, 1, 0]]])
    grid = places(straight, *x.shape[-2:]) + displacement
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


KNOTS = 5  # of the coarse field that elastic enlarges: about two bumps a side, whatever the resolution


def elastic(x: Tensor, share: Tensor, luck: Tensor) -> Tensor:
    """Shift pixels smoothly by up to a share of the side, like a rubber sheet."""
    coarse = 2 * field(luck, 2 * KNOTS * KNOTS).view(-1, 2, KNOTS, KNOTS) - 1
    smooth = F.interpolate(coarse, size=x.shape[-2:], mode="bicubic", align_corners=True)
    return bend(x, (2 * share[:, None, None, None] * smooth / math.sqrt(2)).permute(0, 2, 3, 1).to(x.dtype))
