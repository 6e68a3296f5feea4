"""A class not met yet: far from everything labelled, and yet where many pictures are; then the rarest class."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order, by_score, shuffled

NEIGHBOURS = 20
ANCHORS = 2_000  # pictures that density is judged by: enough for a mean, quick for a large set


@dataclass(frozen=True)
class Unmet(Order):
    """While a class has no label: distance to the nearest label × density. Then the class with the fewest labels."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """The most promising first; asked several at once, each counts as a label for the next."""
        if bool((known.counts() > 0).all()):
            return self._rarest(known, generator)
        unit, rows = known.unit, known.open
        dense = density(unit, generator)[rows]
        far = torch.full((len(rows),), 2.0)
        if len(known.labelled):
            far = (1 - (unit[rows] @ unit[known.labelled].T).amax(dim=1)).clamp(min=0)
        first = []
        for _ in range(min(count, len(rows))):
            best = int((far * dense).argmax())
            first.append(best)
            far = torch.minimum(far, 1 - unit[rows] @ unit[rows[best]]).clamp(min=0)
            dense[best] = -1.0
        rest = torch.ones(len(rows), dtype=torch.bool)
        rest[first] = False
        return torch.cat([rows[first], by_score(rows[rest], (far * dense)[rest], generator)])

    def _rarest(self, known: Known, generator: Generator) -> Tensor:
        if not known.heads:
            return shuffled(known.open, generator)
        rows, counts = known.open, known.counts().float()
        answer = known.heads[0][rows]
        return by_score(rows, (answer / (1 + counts)).sum(dim=1), generator)


def density(unit: Tensor, generator: Generator) -> Tensor:
    """Mean cosine, from 0, of each row to the 20 most like it among (at most) 2,000 drawn rows, [N]."""
    drawn = torch.randperm(len(unit), generator=generator)[:ANCHORS]
    nearest = min(NEIGHBOURS + 1, len(drawn))
    likes = [(part @ unit[drawn].T).topk(nearest).values.mean(dim=1) for part in unit.split(4096)]
    return torch.cat(likes).clamp(min=1e-3)
