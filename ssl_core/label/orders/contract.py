"""What an order of asking is: from what is known of the pictures to the rows that are asked about next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ssl_core.data.card import UNKNOWN

NEAR = 0.95  # cosine of two pictures' features from which one of them says all that the other could


class Known(NamedTuple):
    """What is known while somebody labels.

    features [N, D]; labels int64 [N], UNKNOWN where nobody said; classes: how many there are, met or not; heads: the
    class probabilities [N, classes] of up to two networks, the one that saw all pictures first; closed bool [N]: not to
    be asked about though nobody said its class, since it was skipped or somebody else has it in front of them.
    """

    features: Tensor
    labels: Tensor
    classes: int
    heads: tuple[Tensor, ...] = ()
    closed: Tensor | None = None

    @property
    def unit(self) -> Tensor:
        """The features, each row of length 1."""
        return F.normalize(self.features.float(), dim=1)

    @property
    def open(self) -> Tensor:
        """Rows that can be asked about, int64 ascending."""
        free = self.labels == UNKNOWN
        return torch.nonzero(free if self.closed is None else free & ~self.closed)[:, 0]

    @property
    def labelled(self) -> Tensor:
        """Rows with a label, int64 ascending."""
        return torch.nonzero(self.labels != UNKNOWN)[:, 0]

    def counts(self) -> Tensor:
        """Labels of each class, int64 [classes]."""
        return torch.bincount(self.labels[self.labelled], minlength=self.classes)


@dataclass(frozen=True)
class Order:
    """Base of every order; a subclass ranks the open rows."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """All open rows, the one to ask about first in front, where `count` will be asked about at once."""
        raise NotImplementedError

    def ask(self, known: Known, count: int, generator: Generator) -> Tensor:
        """The next rows to ask about, int64, at most `count`: near-copies of one another only where all others are."""
        if not len(known.open) or count < 1:
            return known.open[:0]
        return apart(self.rank(known, count, generator), known.unit, count)


def apart(ranking: Tensor, unit: Tensor, count: int) -> Tensor:
    """The first `count` of a ranking that are no near-copies of one another, and where these run out the others."""
    chosen: list[int] = []
    copies: list[int] = []
    for row in ranking.tolist():
        if len(chosen) == count:
            break
        near = chosen and float((unit[chosen] @ unit[row]).max()) >= NEAR
        (copies if near else chosen).append(row)
    return torch.tensor([*chosen, *copies][:count], dtype=torch.int64)


def shuffled(rows: Tensor, generator: Generator) -> Tensor:
    """The rows in an order drawn at random."""
    return rows[torch.randperm(len(rows), generator=generator)]


def by_score(rows: Tensor, score: Tensor, generator: Generator) -> Tensor:
    """The rows, highest score [len(rows)] first, equal ones in an order drawn at random."""
    mixed = torch.randperm(len(rows), generator=generator)
    return rows[mixed][torch.sort(score[mixed], descending=True, stable=True).indices]
