"""What a page shows of mixing: the same pair at several λ, a square between four pictures, and what it costs."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.mix.method import NO_AIDS, Aids, Mixed, Mixing, draw_chance, mix

STEPS = 9


def strip_lam(count: int = STEPS) -> Tensor:
    """λ from 1 (all first picture) to 0 in equal steps."""
    return torch.linspace(1, 0, count, dtype=torch.float64).float()


def single_lam(lam: float) -> Tensor:
    """One λ where a strip is expected."""
    return torch.tensor([lam], dtype=torch.float64).float()


def pair_strip(
    method: Mixing, x1: Tensor, x2: Tensor, y1: Tensor, y2: Tensor, lam: Tensor, seed: int, aids: Aids = NO_AIDS
) -> Mixed:
    """One pair ([C, H, W] and [L] each) at every λ of `lam`, the chance of `seed` the same for all of them."""
    n = len(lam)
    chance = draw_chance(method, 1, (x1.shape[-2], x1.shape[-1]), Generator().manual_seed(seed))
    chance = {name: drawn.expand(n, *drawn.shape[1:]) for name, drawn in chance.items()}
    if aids.salience is not None:
        aids = aids._replace(salience=aids.salience.expand(n, -1, -1))
    if method.form == "chains" and aids.chain is not None:
        return _chained_strip(method, x1, y1, y2, lam, chance, aids)
    many = [t.expand(n, *t.shape) for t in (x1, x2, y1, y2)]
    return mix(method, *many, lam, chance, aids)


def _chained_strip(method: Mixing, x1: Tensor, y1: Tensor, y2: Tensor, lam: Tensor, chance: dict, aids: Aids) -> Mixed:
    """AugMix draws its operations per row, so the one chained picture is made once and then laid over at every λ."""
    n = len(lam)
    one = {name: drawn[:1] for name, drawn in chance.items()}
    whole = mix(method, x1[None], x1[None], y1[None], y2[None], torch.zeros(1), one, aids).pictures
    plain = Mixing(method.title, method.idea, method.paper, share=method.share)
    return mix(
        plain, x1.expand(n, -1, -1, -1), whole.expand(n, -1, -1, -1), y1.expand(n, -1), y2.expand(n, -1), lam, {}
    )


def square(corners: Tensor, labels: Tensor, side: int = 5) -> tuple[Tensor, Tensor]:
    """Pictures [side², C, H, W] and labels between four corners [4, ...]: mixup across, then mixup down.

    Corners are in reading order; so is the result.
    """
    across = torch.linspace(1, 0, side)
    down = across[:, None]
    weight = torch.stack([down * across, down * (1 - across), (1 - down) * across, (1 - down) * (1 - across)])
    weight = weight.flatten(1).T.to(corners)  # [side², 4]
    return torch.einsum("nk,kchw->nchw", weight, corners), weight @ labels.to(weight)


class Pixels(NamedTuple):
    """Numbers about pictures, one entry each."""

    brightness: Tensor
    contrast: Tensor
    sharpness: Tensor


def pixel_numbers(x: Tensor) -> Pixels:
    """Mean, standard deviation, and mean squared step between neighbouring pixels, of [B, C, H, W]."""
    steps = x.diff(dim=-1).square().mean(dim=(1, 2, 3)) + x.diff(dim=-2).square().mean(dim=(1, 2, 3))
    return Pixels(x.mean(dim=(1, 2, 3)), x.std(dim=(1, 2, 3), unbiased=False), steps)
