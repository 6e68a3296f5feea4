"""Typical at first, unsure later (the phase change of Hacohen et al. 2022, arXiv:2202.02794, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order
from ssl_core.label.orders.margin import Margin
from ssl_core.label.orders.typical import Typical

ONE, TEN = 1.0, 10.0  # labels a class up to which all are typical, and from which none is


@dataclass(frozen=True)
class Mixture(Order):
    """A share of typical pictures that falls from 1 to 0 between one and ten labels a class."""

    def share(self, known: Known) -> float:
        """What part of the next pictures is typical, 0..1."""
        a_class = len(known.labelled) / max(known.classes, 1)
        return min(max((TEN - a_class) / (TEN - ONE), 0.0), 1.0) if known.heads else 1.0

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """Each place is filled from one of the two rankings, typical with probability `share`."""
        share = self.share(known)
        typical = Typical().rank(known, count, generator) if share > 0 else known.open[:0]
        unsure = Margin().rank(known, count, generator)
        take = torch.rand(len(unsure), generator=generator) < share
        queues, seen, ranking = {True: iter(typical.tolist()), False: iter(unsure.tolist())}, set(), []
        for which in take.tolist():
            row = next((row for row in queues[which] if row not in seen), None)
            row = next(row for row in queues[not which] if row not in seen) if row is None else row
            seen.add(row)
            ranking.append(row)
        return torch.tensor(ranking, dtype=torch.int64)
