"""Random draws: the order that every other has to beat."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order, shuffled


@dataclass(frozen=True)
class Random(Order):
    """Every open row is as likely as any other."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """A permutation of the open rows."""
        return shuffled(known.open, generator)
