"""Query by committee (Seung et al. 1992), a committee of two: ask where they say the most different things."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order, by_score, shuffled


@dataclass(frozen=True)
class Disagreement(Order):
    """½ Σ |p − q| of two networks' answers; without two, random draws."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """Largest difference first."""
        if len(known.heads) < 2:
            return shuffled(known.open, generator)
        first, second = (head[known.open] for head in known.heads[:2])
        return by_score(known.open, (first - second).abs().sum(dim=1) / 2, generator)
