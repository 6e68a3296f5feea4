"""The mask: which pixels come from the first picture (1) and which from its partner (0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

Chance = dict[str, Tensor]  # what was drawn, apart from λ: a first dimension of one entry a picture
Size = tuple[int, int]  # height, width


@dataclass(frozen=True)
class Mask:
    """`draw(count, size, generator)` decides; `make(lam, chance, size)` gives the mask [B, 1, H, W] in 0..1."""

    text: str
    draw: Callable[[int, Size, Generator], Chance]
    make: Callable[[Tensor, Chance, Size], Tensor]


def box_mask(box: Tensor, size: Size) -> Tensor:
    """0 inside the half-open boxes [B, 4] = x1, y1, x2, y2 and 1 outside, [B, 1, H, W]."""
    height, width = size
    x1, y1, x2, y2 = (edge[:, None] for edge in box.unbind(dim=1))
    across, down = torch.arange(width), torch.arange(height)
    inside = ((down >= y1) & (down < y2))[:, :, None] & ((across >= x1) & (across < x2))[:, None, :]
    return 1 - inside[:, None].float()


def box_around(lam: Tensor, x: Tensor, y: Tensor, size: Size) -> Tensor:
    """The box of area about 1−λ around pixel (x, y), clipped at the border: [B, 4] = x1, y1, x2, y2.

    CutMix, Yun et al. 2019, equation 2, with torchvision's rounding: half a side is int(½ √(1−λ) · side).
    """
    height, width = size
    half = 0.5 * torch.sqrt(1 - lam.double())
    wide, high = (half * width).long(), (half * height).long()
    edges = (x - wide).clamp(min=0), (y - high).clamp(min=0), (x + wide).clamp(max=width), (y + high).clamp(max=height)
    return torch.stack(edges, dim=1)


def paste_box(lam: Tensor, chance: Chance, size: Size) -> Tensor:
    """Where the whole partner, shrunk to √(1−λ) of the side, is pasted: never clipped, [B, 4]."""
    height, width = size
    scale = torch.sqrt(1 - lam.double())
    wide, high = (scale * width).long(), (scale * height).long()
    x1 = (chance["across"] * (width - wide + 1)).long().clamp(max=width)
    y1 = (chance["down"] * (height - high + 1)).long().clamp(max=height)
    return torch.stack([x1, y1, x1 + wide, y1 + high], dim=1)


def _nothing(count: int, size: Size, generator: Generator) -> Chance:
    return {}


def _centre(count: int, size: Size, generator: Generator) -> Chance:
    return {
        "x": torch.randint(size[1], (count,), generator=generator),
        "y": torch.randint(size[0], (count,), generator=generator),
    }


def _place(count: int, size: Size, generator: Generator) -> Chance:
    return {name: torch.rand(count, generator=generator) for name in ("across", "down")}


def low_frequencies(count: int, size: Size, generator: Generator, decay: float = 3.0) -> Tensor:
    """Smooth random landscapes [B, H, W]: noise whose spectrum falls as 1/frequency^decay.

    FMix, Harris et al. 2020, section 3; decay 3 is its default. Real and imaginary part are the last axis here.
    """
    height, width = size
    parts = torch.randn(count, height, width // 2 + 1, 2, generator=generator)
    frequency = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None, :])
    fall = frequency.clamp(min=1 / max(height, width)) ** -decay
    fall[:, 0] *= 2**0.5  # the only column without a mirror image: else waves down the picture were half as strong
    return torch.fft.irfft2(torch.view_as_complex(parts) * fall, s=size)


def _landscape(count: int, size: Size, generator: Generator) -> Chance:
    return {"landscape": low_frequencies(count, size, generator)}


def _flooded(lam: Tensor, chance: Chance, size: Size) -> Tensor:
    """1 on the highest λ·H·W pixels of the landscape."""
    flat = chance["landscape"].flatten(1)
    rank = flat.argsort(dim=1, descending=True).argsort(dim=1)
    kept = (lam.double() * flat.shape[1]).round().long()
    return (rank < kept[:, None]).float().view(-1, 1, *size)


def _even(lam: Tensor, chance: Chance, size: Size) -> Tensor:
    return lam.float()[:, None, None, None].expand(-1, 1, *size)


def _zero(lam: Tensor, chance: Chance, size: Size) -> Tensor:
    return torch.zeros(len(lam), 1, *size)


MASKS: dict[str, Mask] = {
    "even": Mask("λ everywhere", _nothing, _even),
    "box": Mask(
        "a box at a random place",
        _centre,
        lambda lam, chance, size: box_mask(box_around(lam, chance["x"], chance["y"], size), size),
    ),
    "salient_box": Mask(
        "a box where the partner matters most",
        _nothing,  # its centre is looked up, not drawn: see aids.py
        lambda lam, chance, size: box_mask(box_around(lam, chance["x"], chance["y"], size), size),
    ),
    "paste": Mask(
        "the frame of the pasted partner",
        _place,
        lambda lam, chance, size: box_mask(paste_box(lam, chance, size), size),
    ),
    "landscape": Mask("low-frequency noise above a waterline", _landscape, _flooded),
    "none": Mask("nothing of the first picture itself", _nothing, _zero),
}
