"""CTAugment (Berthelot et al. 2020, arXiv:1911.09785, section 3.2.2): strengths that are learned while training.

Every parameter's range is cut into bins. A bin's rate says how well the network still recognises pictures that were
changed that strongly; only bins with a high rate are drawn.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ssl_core.augment.pools import POOLS
from ssl_core.augment.spread import spread
from ssl_core.augment.variants import LUCK

ENTRIES = POOLS["ctaugment"].entries
NAMES = tuple(entry.name for entry in ENTRIES)
BINS = POOLS["ctaugment"].bins
CONFIDENCE = 0.01  # added to every rate before it is compared; reference code


def first_rates() -> Tensor:
    """Every bin of every operation is trusted, [operations, bins]."""
    return torch.ones(len(ENTRIES), BINS)


def chances(rates: Tensor, threshold: float) -> Tensor:
    """Rates made to probabilities, rows of sum one: relative to the best bin, zero below the threshold."""
    relative = (rates + CONFIDENCE) / (rates + CONFIDENCE).amax(dim=-1, keepdim=True)
    kept = torch.where(relative < threshold, 0.0, relative)
    return kept / kept.sum(dim=-1, keepdim=True)


def draw(count: int, depth: int, generator: Generator, rates: Tensor | None = None, threshold: float = 0.85) -> dict:
    """operation, bin, strength [count, depth] and luck; bins by the rates, or evenly without them (a probe)."""
    operation = torch.randint(len(ENTRIES), (count, depth), generator=generator)
    even = torch.full((len(ENTRIES), BINS), 1 / BINS)
    chance = even if rates is None else chances(rates.cpu(), threshold)
    drawn = torch.multinomial(chance, max(count * depth, 1), replacement=True, generator=generator)
    bins = drawn[operation, torch.arange(count * depth).view(count, depth)]
    level = (bins + torch.rand((count, depth), generator=generator)) / BINS  # anywhere inside the bin
    told = zip(operation.flatten().tolist(), level.flatten().tolist(), strict=True)
    strength = torch.tensor([ENTRIES[i].law(t) for i, t in told]).view(count, depth)
    luck = torch.rand((count, depth, LUCK), generator=generator)
    return {"operation": operation, "bin": bins, "strength": strength, "luck": luck}


def apply(drawn: dict, x: Tensor) -> Tensor:
    """Slot by slot on x [B, C, H, W] in 0..1; pictures this small or grey lose operations that do nothing there."""
    for slot in range(drawn["operation"].shape[1]):
        index, strength, luck = (drawn[key][:, slot] for key in ("operation", "strength", "luck"))
        x = spread(x, NAMES, index, strength, luck, "nearest")
    return x


def updated(rates: Tensor, drawn: dict, proximity: Tensor, decay: float) -> Tensor:
    """rate ← decay · rate + (1 − decay) · proximity for every bin that the probes [n] used."""
    closeness = proximity.to(rates)[:, None].expand(drawn["bin"].shape).flatten()
    cell = (drawn["operation"] * BINS + drawn["bin"]).flatten().to(rates.device)
    used = torch.zeros(rates.numel(), device=rates.device).index_add_(0, cell, torch.ones_like(closeness))
    total = torch.zeros_like(used).index_add_(0, cell, closeness)
    new = decay * rates.flatten() + (1 - decay) * total / used.clamp(min=1)
    return torch.where(used > 0, new, rates.flatten()).view_as(rates)
