"""CTAugment (Berthelot et al. 2020, arXiv:1911.09785, section 3.2.2): strengths that are learned while training.

Every parameter's range is cut into bins. A bin's rate says how well the network still recognises pictures that were
changed that strongly; only bins with a high rate are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.augment.policy import Answer, Drawn, Frame, Learning, Memory, Signals, changes
from ssl_core.augment.pools import POOLS
from ssl_core.augment.spread import spread
from ssl_core.augment.variants import LUCK
from ssl_core.knobs import knob

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
    pairs = zip(operation.flatten().tolist(), level.flatten().tolist(), strict=True)
    strength = torch.tensor([ENTRIES[i].law(t) for i, t in pairs]).view(count, depth)
    luck = torch.rand((count, depth, LUCK), generator=generator)
    return {"operation": operation, "bin": bins, "strength": strength, "luck": luck}


def updated(rates: Tensor, drawn: dict, proximity: Tensor, decay: float) -> Tensor:
    """rate ← decay · rate + (1 − decay) · proximity for every bin that the probes [n] used."""
    closeness = proximity.to(rates)[:, None].expand(drawn["bin"].shape).flatten()
    cell = (drawn["operation"] * BINS + drawn["bin"]).flatten().to(rates.device)
    used = torch.zeros(rates.numel(), device=rates.device).index_add_(0, cell, torch.ones_like(closeness))
    total = torch.zeros_like(used).index_add_(0, cell, closeness)
    new = decay * rates.flatten() + (1 - decay) * total / used.clamp(min=1)
    return torch.where(used > 0, new, rates.flatten()).view_as(rates)


def proximity(probability: Tensor, y: Tensor) -> Tensor:
    """1 − ½·Σ|p − y| [n]: the probability that the answer [n, L] gives to the true class y."""
    return probability.gather(1, y[:, None]).squeeze(1)


def depth_knob() -> int:
    """How many operations, as everything that uses CTAugment declares it."""
    return knob(2, "Operations a picture.", title="Operations a picture", low=0, high=4, source="reference code")


def threshold_knob() -> float:
    """How good a strength must be, likewise."""
    return knob(
        0.85, "How good a strength must be, against the best of its operation, to be drawn.",
        title="Least rate of a strength", low=0.0, high=1.0, source="FixMatch's code; ReMixMatch has 0.8",
    )  # fmt: skip


def decay_knob() -> float:
    """How slowly rates move, likewise."""
    return knob(
        0.99, "How slowly the rates move.", title="Memory of the rates", low=0.5, high=0.9999, source="reference code"
    )


@dataclass(frozen=True)
class CTAugment(Learning):
    """`depth` operations a picture, with replacement, at strengths the network still recognised lately."""

    depth: int = depth_knob()
    threshold: float = threshold_knob()
    decay: float = decay_knob()

    def start(self) -> Memory:
        """Every strength is trusted at first."""
        return {"rates": first_rates()}

    def draw(self, batch_size: int, generator: Generator, memory: Memory | None = None) -> Drawn:
        """operation, bin and strength [B, depth], and luck [B, depth, n]."""
        rates = (self.start() if memory is None else memory)["rates"]
        return draw(batch_size, self.depth, generator, rates, self.threshold)

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Slot by slot; pictures this small or grey lose operations that do nothing there."""
        for slot in range(self.depth):
            x = self._slot(drawn, slot, x)
        return x

    def _slot(self, drawn: Drawn, slot: int, x: Tensor) -> Tensor:
        index, strength, luck = (drawn[key][:, slot] for key in ("operation", "strength", "luck"))
        return spread(x, NAMES, index, strength, luck, "nearest")

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame a slot."""
        frames = []
        for slot in range(self.depth):
            x = self._slot(drawn, slot, x)
            index, strength = (drawn[key][:, slot].tolist() for key in ("operation", "strength"))
            frames.append(Frame(x, changes(NAMES, index, strength)))
        return frames

    def learn(
        self, memory: Memory, x: Tensor, y: Tensor, answer: Answer, generator: Generator, signals: Signals | None = None
    ) -> Memory:
        """Distort the labelled pictures at random and note how well the network still knows them."""
        drawn = draw(len(x), self.depth, generator)
        close = proximity(answer(self.apply(drawn, x)), y)
        return {"rates": updated(memory["rates"], drawn, close, self.decay)}
