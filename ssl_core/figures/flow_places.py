"""Columns and rows of stages: the longest way is a straight line, the rest runs beside it, crossing little.

What joins the straight line from the side has a row of its own, and so has an arrow that passes stages over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Way(NamedTuple):
    """An arrow from stage to stage; `row` is where it runs: 0 is the straight line, below it 1, 2 and above −1, −2."""

    start: str
    end: str
    row: int
    words: str  # whose pictures go this way, said at the first stage


class Places(NamedTuple):
    """Column and row of every stage, and the arrows."""

    column: dict[str, int]
    row: dict[str, int]
    ways: list[Way]


def places_of(stages: Sequence[Any]) -> Places:
    """Where each stage and each arrow lies."""
    column: dict[str, int] = {}
    for stage in stages:
        column[stage.name] = max((column[one] + 1 for one in stage.after), default=0)
    after = {stage.name: stage.after for stage in stages}
    straight = _straight(after, column)
    first, lanes = stages[0], {stage.name: stage.lane for stage in stages}
    row = dict.fromkeys(straight, 0)
    pieces = [(stage.name, one) for stage in stages for one in stage.after]  # (end, start)
    beside = [stage.name for stage in stages if stage.name not in row]
    items: list[tuple[int, int, Any]] = []  # what needs room beside the straight line: from column, to column, what
    for name in beside:
        ends = [column[end] for end, start in pieces if start == name]
        items.append((min(column[one] for one in after[name]), max(ends, default=column[name] + 1), name))
    passing = [(end, start) for end, start in pieces if end in row and start in row and column[end] - column[start] > 1]
    items += [(column[start], column[end], (end, start)) for end, start in passing]
    rows = _rows(items, lambda what: what in beside or what[1] != first.name)
    row |= {name: rows[name] for name in beside}
    ways = [
        Way(start, end, rows.get((end, start), row[end] or row[start]), _whose(first, start, lanes[end]))
        for end, start in pieces
    ]
    return Places(column, row, ways)


def _whose(first: Any, start: str, lane: str) -> str:
    if start != first.name or first.lane != "both":
        return ""
    return "unlabelled" if lane == "unlabelled" else "labelled"


def _straight(after: dict[str, Sequence[str]], column: dict[str, int]) -> list[str]:
    """The longest way, from its end back to the first stage."""
    way = [max(column, key=column.__getitem__)]
    while after[way[-1]]:
        way.append(max(after[way[-1]], key=column.__getitem__))
    return way


def _rows(items: list[tuple[int, int, Any]], below: Callable[[Any], bool]) -> dict[Any, int]:
    """A row for each: on the side it likes, or on the other where it would cross less; what is shorter lies nearer."""
    taken: dict[int, list[tuple[int, int, int]]] = {1: [], -1: []}
    rows = {}
    for begin, end, what in sorted(items, key=lambda item: item[1] - item[0]):
        liked = 1 if below(what) else -1

        def crossings(side: int, begin: int = begin, end: int = end) -> int:
            return sum(a < begin < b < end or begin < a < end < b for a, b, _ in taken[side])

        side = min((liked, -liked), key=crossings)
        row = 1 + max((row for a, b, row in taken[side] if a < end and begin < b), default=0)
        taken[side].append((begin, end, row))
        rows[what] = side * row
    return rows
