"""A budget of labels spent by an order where the truth is known: what a person is compared with, what is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.data import split
from ssl_core.data.card import UNKNOWN
from ssl_core.features.embedded import Embedded
from ssl_core.label.annotators import Annotator
from ssl_core.label.heads import answers, fit_both
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.orders import Known, order_named

BALANCED = "balanced"  # no order: equally many of each class, for which one must know the truth


class Spent(NamedTuple):
    """After a round: the labels so far, int64 [N], and the rows of this round in the order of asking."""

    labels: Tensor
    rows: Tensor


def spend(
    data: Embedded,
    spots: Tensor,
    order: str,
    rounds: Sequence[int],
    *,
    seed: int,
    person: Annotator | None = None,
    stop: Callable[[], bool] = lambda: False,
    closed: Tensor | None = None,
) -> Iterator[Spent]:
    """Ask until there are so many labels, for each number of `rounds`; both lines are taught between rounds if needed.

    `data` has the true labels; `person` answers, by default always right; nobody is asked about rows that are `closed`,
    bool [N]. Raises ValueError for no order.
    """
    truth, classes = data.labels, len(data.card.classes)
    person, generator = person or Annotator(truth, classes), Generator().manual_seed(seed)
    labels = torch.full_like(truth, UNKNOWN)
    for total in rounds:
        if stop():
            return
        rows = _asked(data, Known(spots, labels, classes, closed=closed), order, total, seed, generator)
        labels = labels.clone()
        labels[rows] = person.say(rows)
        yield Spent(labels, rows)


def _asked(data: Embedded, known: Known, order: str, total: int, seed: int, generator: Generator) -> Tensor:
    if order == BALANCED:
        rows = torch.from_numpy(split(data.labels.numpy(), total, seed).labelled)  # draws are nested
        return rows[known.labels[rows] == UNKNOWN]
    count = total - len(known.labelled)
    if order in ORDER_CARDS and ORDER_CARDS[order].heads and len(known.labelled):
        known = known._replace(heads=answers(data, fit_both(data, known.labels, seed=seed)))
    return order_named(order).ask(known, count, generator)
