"""The next questions: those of an order, and among them some draws at random, so that an estimate can be honest."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.label.orders import Known, order_named

DRAWN = "random"
SHARE = 0.25  # of the questions of any other order, where no test says how good the network is


class Question(NamedTuple):
    """A row to ask about, and the order that chose it: written into the journal with the answer."""

    row: int
    order: str


def questions(order: str, known: Known, count: int, generator: Generator, *, share: float = 0.0) -> list[Question]:
    """At most `count` questions, each a random draw with probability `share`; raises ValueError for no order."""
    chosen = order_named(order)
    draws = torch.rand(count, generator=generator) < share
    random = order_named(DRAWN).ask(known, int(draws.sum()), generator)
    closed = torch.zeros(len(known.labels), dtype=torch.bool) if known.closed is None else known.closed.clone()
    closed[random] = True
    rest = chosen.ask(known._replace(closed=closed), count - len(random), generator)
    queues = {True: iter(random.tolist()), False: iter(rest.tolist())}
    asked = [(next(queues[drawn], None), drawn) for drawn in draws.tolist()]
    return [Question(row, DRAWN if drawn else order) for row, drawn in asked if row is not None]


def drawn_rows(rows_of_draws: list[int], count: int) -> Tensor:
    """bool [count], true for the rows that were drawn at random: what `estimate` judges by."""
    drawn = torch.zeros(count, dtype=torch.bool)
    drawn[rows_of_draws] = True
    return drawn
