"""The law of λ: how large the first picture's share is, and for whom it is drawn anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from ssl_core.mix.blend import draw_lam

SCALES = (0.1, 0.8)  # ResizeMix, Qin et al. 2020, section 3.2: the pasted picture's side relative to the whole
GRAINS = {
    "sample": "a λ of its own for every picture",
    "pair": "one λ for two pictures that are each other's partner",
    "batch": "one λ for the whole batch",
}


@dataclass(frozen=True)
class Law:
    """`text` for the reader; `beta` says that α shapes it; `fold` that the larger share goes to the first picture."""

    text: str
    beta: bool = False
    fold: bool = False
    value: float | None = None  # of a law that always gives the same


LAWS: dict[str, Law] = {
    "beta": Law("λ ~ Beta(α, α)", beta=True),
    "folded": Law("λ ~ Beta(α, α), then max(λ, 1−λ)", beta=True, fold=True),
    "half": Law("λ = 1/2, always", value=0.5),
    "mostly": Law("λ = 0.9, always", value=0.9),  # MoEx, Li et al. 2021, section 4.2 (ImageNet)
    "scale": Law("λ = 1 − t², t ~ U(0.1, 0.8)"),
}


def draw_shares(law: Law, alpha: float, count: int, generator: Generator, grain: str = "sample") -> Tensor:
    """λ [count], float32, in the grain asked for; α = 0 turns a Beta law off (λ = 1)."""
    if alpha < 0:
        raise ValueError(f"α must be 0 (off) or more, not {alpha:g}.")
    if grain not in GRAINS:
        raise ValueError(f"λ is drawn for each of {', '.join(GRAINS)}, not {grain!r}.")
    drawn = {"sample": count, "pair": (count + 1) // 2, "batch": 1}[grain]
    lam = _draw(law, alpha, drawn, generator)
    if grain == "pair":  # row i and row count-1-i belong together
        return torch.cat([lam, lam[: count // 2].flip(0)])
    return lam.expand(count).clone() if grain == "batch" else lam


def _draw(law: Law, alpha: float, count: int, generator: Generator) -> Tensor:
    if law.value is not None:
        return torch.full((count,), law.value)
    if law.beta:
        return draw_lam(alpha, count, generator, fold=law.fold)
    low, high = SCALES
    return 1 - (low + (high - low) * torch.rand(count, generator=generator)) ** 2


def density(law: Law, alpha: float, at: np.ndarray) -> np.ndarray | None:
    """Probability density of λ at the points given; None where all of it sits on one value."""
    if law.value is not None or (law.beta and alpha == 0):
        return None
    if not law.beta:  # p(λ) = p(t) |dt/dλ| with t = √(1−λ)
        low, high = SCALES
        t = np.sqrt(np.clip(1 - at, 1e-12, None))
        return np.where((t >= low) & (t <= high), 1 / ((high - low) * 2 * t), 0.0)
    from scipy.stats import beta

    both = beta.pdf(at, alpha, alpha)
    return np.where(at >= 0.5, 2 * both, 0.0) if law.fold else both


def kept_variance(alpha: float) -> float:
    """E[λ² + (1−λ)²] = (α+1)/(2α+1): the variance that mixing independent pictures leaves; 1 when off."""
    return (alpha + 1) / (2 * alpha + 1)


def density_points(law: Law, alpha: float) -> tuple[np.ndarray, np.ndarray | None]:
    """λ from just above 0 to just below 1, and its density there, for a chart."""
    at = np.linspace(0.002, 0.998, 250)
    return at, density(law, alpha, at)


def draws(law: Law, alpha: float, seed: int, count: int = 2000) -> np.ndarray:
    """What a seed draws first, for a histogram."""
    return draw_shares(law, alpha, count, Generator().manual_seed(seed)).numpy()


def draw_one(law: Law, alpha: float, seed: int) -> float:
    """The λ of one seed."""
    return float(draws(law, alpha, seed, 1)[0])
