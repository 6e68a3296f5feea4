"""Least sure by margin (Scheffer et al. 2001): ask where the two most probable classes are closest together."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order, by_score, shuffled


@dataclass(frozen=True)
class Margin(Order):
    """The first network's largest probability less its second; without a network, random draws."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """Smallest margin first."""
        if not known.heads or known.classes < 2:
            return shuffled(known.open, generator)
        top = known.heads[0][known.open].topk(2, dim=1).values
        return by_score(known.open, top[:, 1] - top[:, 0], generator)
