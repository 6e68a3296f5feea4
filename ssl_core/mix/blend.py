"""One blend, and how its share is drawn (Zhang 2017, mixup)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Generator, Tensor


def blend(x1: Tensor, x2: Tensor, mask: Tensor, y1: Tensor, y2: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """x̃ = M·x1 + (1−M)·x2 and ỹ = w·y1 + (1−w)·y2.

    Shapes: pictures [B, C, H, W], mask broadcastable to them in 0..1, labels [B, L], share [B].
    """
    w = share[:, None]
    return mask * x1 + (1 - mask) * x2, w * y1 + (1 - w) * y2


def mixup(x1: Tensor, x2: Tensor, y1: Tensor, y2: Tensor, lam: Tensor) -> tuple[Tensor, Tensor]:
    """The blend whose mask is one number a sample, lam [B]."""
    return blend(x1, x2, lam.reshape(-1, *[1] * (x1.dim() - 1)), y1, y2, lam)


def draw_lam(alpha: float, count: int, generator: Generator, *, fold: bool = False) -> Tensor:
    """λ ~ Beta(α, α), float32 [count]; α = 0 means no mixing (λ = 1).

    `fold` gives max(λ, 1−λ), so that the first picture keeps the larger share (MixMatch, equation 9).
    Drawn by NumPy in double precision: a tiny α underflows in single precision.
    """
    if alpha == 0:
        return torch.ones(count)
    seed = int(torch.randint(2**62, (), generator=generator))
    lam = np.random.Generator(np.random.PCG64(seed)).beta(alpha, alpha, count)
    return torch.from_numpy(np.maximum(lam, 1 - lam) if fold else lam).float()
