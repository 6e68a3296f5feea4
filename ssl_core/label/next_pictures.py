"""The pictures to label next as a table: for whoever labels without a page. Nobody is asked, nothing is taken."""

from __future__ import annotations

from collections.abc import Callable

from torch import Generator

from ssl_core.data.card import UNKNOWN
from ssl_core.label.heads import answers, fit_both
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.orders import order_named
from ssl_core.label.session import opened
from ssl_core.spreadsheet import csv_text

COLUMNS = ("picture", "path", "order", "label")  # the last is empty: filled in, the table can be read back


def next_pictures(
    name: str, order: str, count: int, *, seed: int, who: str, say: Callable[[str, float | None], None]
) -> str:
    """CSV of the next `count` pictures; both lines are taught first where the order wants them and labels are there.

    `say` as in session.opened. Raises ValueError, one sentence.
    """
    chosen = order_named(order)
    if count < 1:
        raise ValueError(f"--count must be 1 or more, not {count}.")
    session = opened(name, say)
    now = session.now()
    taught = ORDER_CARDS[order].heads and bool((now.labels != UNKNOWN).any())
    known = session.known(who, answers(now, fit_both(now, now.labels)) if taught else ())
    rows = chosen.ask(known, count, Generator().manual_seed(seed)).tolist()
    pictures = session.pictures
    lines = (
        {"picture": pictures.numbers[row], "path": pictures.paths[row], "order": order, "label": ""} for row in rows
    )
    return csv_text(lines, COLUMNS)
