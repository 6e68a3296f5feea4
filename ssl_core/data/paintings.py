"""Four patterns painted by rule, as styles to take over: no file, no licence, the same everywhere.

Each is drawn once at DRAWN pixels and shrunk to what is asked for, so that it looks alike at every size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

DRAWN = 320  # pixels a side
Colours = Sequence[tuple[int, int, int]]
NIGHT: Colours = ((14, 22, 74), (28, 60, 130), (58, 110, 176), (130, 178, 205), (244, 214, 110), (250, 240, 190))
GLASS: Colours = ((120, 24, 30), (206, 80, 40), (238, 180, 80), (240, 232, 210), (70, 150, 140), (20, 70, 90))
FLOWERS: Colours = ((30, 60, 120), (40, 130, 150), (120, 170, 70), (235, 200, 60), (230, 120, 50), (190, 50, 90))
INK: Colours = ((26, 24, 40), (246, 240, 224))
CANVAS, LEAD = (237, 230, 204), (41, 38, 36)


class Painting(NamedTuple):
    """What a pattern is called, what is on it, and the function that paints it at a side."""

    title: str
    alt: str
    paint: Callable[[int, Generator], Tensor]


def painted(name: str) -> Tensor:
    """The pattern of that name, float [3, DRAWN, DRAWN] in 0..1; equal on every call."""
    return _painted(name).clone()


@lru_cache(maxsize=8)
def _painted(name: str) -> Tensor:
    return PAINTINGS[name].paint(DRAWN, torch.Generator().manual_seed(0)).clamp(0, 1)


def strokes(side: int, generator: Generator) -> Tensor:
    """Brush strokes along the level lines of a smooth hill: noise smeared along a field (Cabral & Leedom 1993)."""
    hill = _smooth(side, 6, generator) + 0.25 * _smooth(side, 12, generator)
    down, across = torch.gradient(hill)
    field = torch.stack([down, -across])  # along the level lines, not uphill
    grain = F.avg_pool2d(torch.rand(1, 1, side + 2, side + 2, generator=generator), 3, 1)[0]
    smeared = _even(_along(field / field.norm(dim=0).clamp(min=1e-6), grain, 16)[0])
    tone = _even(_smooth(side, 5, generator) + 0.25 * smeared)
    return _coloured(0.75 * tone + 0.25 * smeared, NIGHT) * (0.75 + 0.5 * smeared)


def mosaic(side: int, generator: Generator) -> Tensor:
    """Pieces of glass: each pixel belongs to its nearest point, and lead runs where two points are as near."""
    count = 22
    grid = torch.cartesian_prod(*[torch.arange(count).float()] * 2)
    points = (grid + 0.12 + 0.75 * torch.rand(count * count, 2, generator=generator)) / count * side
    near = torch.cdist(_centres(side), points).topk(2, largest=False)
    tone = _even(_smooth(side, 5, generator))
    rows, columns = points.long().clamp(0, side - 1).T
    piece = tone[rows, columns] + 0.12 * torch.randn(count * count, generator=generator)
    glass = _coloured(piece[near.indices[:, 0]].view(side, side), GLASS)
    clear = ((near.values[:, 1] - near.values[:, 0]).view(side, side) / (side / 160)).clamp(0, 1)
    return clear * glass + (1 - clear) * _flat(LEAD)


def dots(side: int, generator: Generator) -> Tensor:
    """Dots of pure colour on canvas, the later over the earlier."""
    count, picture = 3000, _flat(CANVAS).expand(3, side, side).clone()
    tone = _even(_smooth(side, 5, generator))
    places = torch.rand(count, 2, generator=generator) * side
    rows, columns = places.long().clamp(0, side - 1).T
    shades = _coloured((tone[rows, columns] + 0.22 * torch.randn(count, generator=generator))[None], FLOWERS)[:, 0]
    radii = side / 256 * (1.8 + 1.8 * torch.rand(count, generator=generator))
    centres = _centres(side).view(side, side, 2)
    for place, radius, shade in zip(places, radii, shades.T, strict=True):
        top, left = (place - radius - 1).long().clamp(min=0).tolist()
        bottom, right = (place + radius + 2).long().clamp(max=side).tolist()
        cover = (radius + 0.5 - (centres[top:bottom, left:right] - place).norm(dim=2)).clamp(0, 1)
        part = picture[:, top:bottom, left:right]
        picture[:, top:bottom, left:right] = (1 - cover) * part + cover * shade[:, None, None]
    return picture


def hatching(side: int, generator: Generator) -> Tensor:
    """Ink in up to four layers of wavering lines: the darker, the more layers."""
    rows, columns = _centres(side).view(side, side, 2).unbind(2)
    dark, white = _even(_smooth(side, 6, generator)), torch.ones(side, side)
    for angle, least, gap in ((0.6, 0.15, 7), (-0.7, 0.4, 7), (0.1, 0.62, 6), (1.4, 0.8, 6)):
        gap, waver = gap * side / 256, 5 * side / 256 * _smooth(side, 20, generator)
        turn = (columns * math.cos(angle) + rows * math.sin(angle) + waver) / gap
        width = side / 256 * 0.9 * (0.6 + 0.8 * _smooth(side, 40, generator))
        between = ((turn - turn.floor() - 0.5).abs() * gap - width).clamp(0, 1)
        white = white * (1 - (12 * (dark - least)).clamp(0, 1) * (1 - between))
    return _coloured(white, INK)


PAINTINGS: dict[str, Painting] = {
    "strokes": Painting("Strokes", "Curling brush strokes in night blue and yellow", strokes),
    "mosaic": Painting("Mosaic", "Pieces of coloured glass between lead", mosaic),
    "dots": Painting("Dots", "Dots of pure colour on canvas", dots),
    "hatching": Painting("Hatching", "Layers of ink lines on paper", hatching),
}


def _smooth(side: int, cells: int, generator: Generator) -> Tensor:
    """A smooth hilly field [side, side] of about 0..1 with so many hills across."""
    small = torch.rand(1, 1, cells, cells, generator=generator)
    return F.interpolate(small, (side, side), mode="bicubic", align_corners=True)[0, 0]


def _along(field: Tensor, grain: Tensor, length: int) -> Tensor:
    """The mean of grain [C, H, W] over `length` pixels each way along a field [2, H, W] of unit steps (y, x)."""
    height, width = grain.shape[-2:]
    largest, total = torch.tensor([height - 1.0, width - 1.0]), torch.zeros_like(grain)
    for way in (1, -1):
        place = _centres(height, width).view(height, width, 2) - 0.5
        for _ in range(length):
            grid = (2 * place / largest - 1).flip(2)[None]  # grid_sample wants x first
            both = torch.cat([grain, field])[None]
            read = F.grid_sample(both, grid, padding_mode="reflection", align_corners=True)[0]
            total += read[: len(grain)]
            place = place + way * read[len(grain) :].flip(0).permute(1, 2, 0)
    return total / (2 * length)


def _even(field: Tensor) -> Tensor:
    """The same order of values, evenly spread over 0..1."""
    return (field.flatten().argsort().argsort().float() / (field.numel() - 1)).view_as(field)


def _coloured(tone: Tensor, colours: Colours) -> Tensor:
    """Tones 0..1 [H, W] as colours [3, H, W], linear between those of a list."""
    table, place = torch.tensor(colours) / 255, tone.clamp(0, 1) * (len(colours) - 1)
    low = place.long().clamp(max=len(colours) - 2)
    share = (place - low)[..., None]
    return ((1 - share) * table[low] + share * table[low + 1]).permute(2, 0, 1)


def _flat(colour: tuple[int, int, int]) -> Tensor:
    return torch.tensor(colour).view(3, 1, 1) / 255


def _centres(height: int, width: int = 0) -> Tensor:
    """The centre of every pixel, (y, x), [H·W, 2]."""
    return torch.cartesian_prod(torch.arange(height) + 0.5, torch.arange(width or height) + 0.5)
