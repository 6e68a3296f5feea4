"""Mixup of pairs of pictures, noisy and clean, and the law of what becomes of the noise."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ssl_core.mix.blend import draw_lam

ALPHA = 1.2  # as image restoration networks are trained: one λ a sample, one permutation for both pictures


def paired_mixup(noisy: Tensor, clean: Tensor, generator: Generator, alpha: float = ALPHA) -> tuple[Tensor, Tensor]:
    """Input and target [B, C, H, W] mixed with the same λ and the same partner."""
    lam = draw_lam(alpha, len(noisy), generator).to(noisy)[:, None, None, None]
    partner = torch.randperm(len(noisy), generator=generator).to(noisy.device)
    return lam * noisy + (1 - lam) * noisy[partner], lam * clean + (1 - lam) * clean[partner]


def kept_noise(lam: Tensor) -> Tensor:
    """√(λ² + (1−λ)²): what is left of the standard deviation when two independent noises are mixed."""
    return (lam.square() + (1 - lam).square()).sqrt()


def measured_noise(x1: Tensor, x2: Tensor, lam: Tensor, sigma: float, generator: Generator) -> Tensor:
    """Standard deviation left over [n], by doing it: noise on both pictures, mix, take the clean mixture away."""
    first, second = (sigma * torch.randn(x.shape, generator=generator) for x in (x1, x2))
    share = lam[:, None, None, None]
    noisy = share * (x1 + first) + (1 - share) * (x2 + second)
    clean = share * x1 + (1 - share) * x2
    return (noisy - clean).std(dim=(1, 2, 3), unbiased=False)


def noise_along(x1: Tensor, x2: Tensor, seed: int, sigma: float = 0.1) -> tuple[Tensor, Tensor, Tensor]:
    """Nine λ, the noise left there on two pictures [C, H, W] as a share of σ, and what the law says.

    Small pictures have few pixels to measure on, so each is laid out as often as makes about 4,096 of them.
    """
    lam = torch.linspace(1, 0, 9)
    often = max(1, 4096 // x1[0].numel())
    one, two = (x.repeat(1, often, 1).expand(len(lam), -1, -1, -1) for x in (x1, x2))
    measured = measured_noise(one, two, lam, sigma, torch.Generator().manual_seed(seed)) / sigma
    return lam, measured, kept_noise(lam)
