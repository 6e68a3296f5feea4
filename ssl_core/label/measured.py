"""What was measured of each order: the benchmark's table (assets/orders.json), said in words. Free of torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from math import sqrt
from pathlib import Path
from statistics import mean, variance
from typing import Any, NamedTuple

FILE = Path(__file__).resolve().parents[2] / "assets" / "orders.json"
BASE = "random"
TWICE = 2.1  # standard errors either way: 95 % where both means are of ten repeats (Student's t, 18 degrees)
FEWEST = 5  # repeats of each from which a difference is spoken of
Table = Mapping[str, Any]


class Gain(NamedTuple):
    """How many points of accuracy an order is ahead of random draws, and the 95 % interval of that."""

    points: float
    low: float
    high: float


@cache
def table() -> Table:
    """The benchmark's table; one without sets where nothing was measured."""
    try:
        return json.loads(FILE.read_bytes())
    except (OSError, ValueError):
        return {"sets": {}}


def scores(told: Table, data: str, order: str, labels: int) -> list[float]:
    """Test accuracies 0..1 of FixMatch, one a repeat."""
    repeats = told["sets"].get(data, {}).get("orders", {}).get(order, {})
    return [repeat[str(labels)][0] for repeat in repeats.values() if str(labels) in repeat]


def gain(told: Table, data: str, order: str, labels: int) -> Gain | None:
    """An order's mean less that of random draws, in points; None below five repeats of either.

    The interval is Welch's, over repeats: other draws and other beginnings of training on the same pictures.
    """
    ours, base = (scores(told, data, which, labels) for which in (order, BASE))
    if min(len(ours), len(base)) < FEWEST:
        return None
    points = 100 * (mean(ours) - mean(base))
    half = 100 * TWICE * sqrt(variance(ours) / len(ours) + variance(base) / len(base))
    return Gain(points, points - half, points + half)


def words(over: Gain) -> str:
    """A gain as +14.7 ± 3.1."""
    return f"{over.points:+.1f} ± {(over.high - over.low) / 2:.1f}"


def grid(told: Table, data: str) -> list[dict[str, str]]:
    """A row an order, a column a budget: mean (lowest–highest) of a set in percent, and the gain over random draws."""
    orders = told["sets"][data]["orders"]
    budgets = sorted({int(count) for repeats in orders.values() for repeat in repeats.values() for count in repeat})
    return [
        {"Order": order} | {f"{count} labels": _cell(told, data, order, count) for count in budgets} for order in orders
    ]


def _cell(told: Table, data: str, order: str, labels: int) -> str:
    each = [100 * share for share in scores(told, data, order, labels)]
    if not each:
        return "–"
    over = gain(told, data, order, labels) if order != BASE else None
    return f"{mean(each):.1f} ({min(each):.0f}–{max(each):.0f})" + (f", {words(over)}" if over else "")


def markdown(told: Table, data: str) -> str:
    """The same as a table of a text file."""
    rows = grid(told, data)
    lines = [list(rows[0]), ["---"] * len(rows[0]), *([f"`{row['Order']}`", *list(row.values())[1:]] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def verdict(order: str, told: Table | None = None) -> str:
    """Where an order beat random draws and where it lost to them, by the table; no more than was measured."""
    told = table() if told is None else told
    lines: dict[str, list[str]] = {"ahead of": [], "behind": []}
    seen = 0
    for data, about in told["sets"].items():
        budgets = sorted({int(n) for rep in about["orders"].get(order, {}).values() for n in rep})
        for labels in budgets:
            over = gain(told, data, order, labels)
            if over is None:
                continue
            seen += 1
            which = "ahead of" if over.low > 0 else "behind" if over.high < 0 else ""
            if which:
                lines[which].append(f"{abs(over.points):.1f} points with {labels} labels ({data})")
    if order == BASE or not seen:
        return "" if order == BASE else "Not measured yet."
    parts = [f"{which} random draws by {', '.join(cases)}" for which, cases in lines.items() if cases]
    rest = seen - sum(map(len, lines.values()))
    undecided = f"no difference that can be told in {rest} of {seen} cases" if rest else ""
    return (
        "FixMatch was " + "; ".join([*parts, *([undecided] if undecided and parts else [])]) + "."
        if parts
        else (f"FixMatch made no difference that can be told from chance in any of {seen} cases.")
    )


__all__ = ["FILE", "Gain", "gain", "grid", "markdown", "scores", "table", "verdict", "words"]
