"""A budget of labels spent by people and by the machine's orders: what each reached, on one chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.board import Across, Line, board_chart, board_words, person_line, ranked

__all__ = ["Line", "game_chart", "game_words", "order_line", "person_line", "ranked"]
BAND = (0.05, 0.95)  # of the sessions of one order, between the lowest and the highest: nine in ten of twenty


def order_line(
    title: str, colour: str, marker: str, sessions: Sequence[Sequence[tuple[int, float]]], *, band: bool
) -> Line:
    """The mean of an order's sessions, each a list of points at the same numbers of labels."""
    rounds = list(zip(*sessions, strict=True))
    mean = [(points[0][0], sum(share for _, share in points) / len(points)) for points in rounds]
    spread = [(points[0][0], *_between(sorted(share for _, share in points))) for points in rounds] if band else ()
    return Line(title, mean, colour, marker, "dot", band=spread)


def _between(shares: Sequence[float]) -> tuple[float, float]:
    low, high = (shares[round(part * (len(shares) - 1))] for part in BAND)
    return low, high


def game_chart(
    lines: Sequence[Line], budget: int, *, chance: float, key: str, large: bool = False, named: Sequence[str] = ()
) -> dict[str, Any]:
    """All lines against labels spent; those `named` have their names at their ends, the other people stand nowhere.

    `large`: letters that are read from the back row. `key` keeps zoom and hidden legend entries.
    """
    across = Across("Labels spent", (0, 1.22 * budget))
    return board_chart(lines, across, chance=chance, key=key, size=24 if large else 13, named=named)


def game_words(lines: Sequence[Line], budget: int) -> str:
    """The ends of all lines, for whoever does not see them."""
    return board_words(lines, f"Test accuracy against labels spent, of {budget} at most")
