"""Least sure by entropy: ask where the probabilities are spread most evenly."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order, by_score, shuffled


@dataclass(frozen=True)
class Entropy(Order):
    """−Σ p log p of the first network's answer; without a network, random draws."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """Highest entropy first."""
        if not known.heads:
            return shuffled(known.open, generator)
        return by_score(known.open, torch.special.entr(known.heads[0][known.open]).sum(dim=1), generator)
