"""What some pictures of a traced step go through, stage by stage: plain values that a page draws as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from ssl_core.inside.cells import Cells
from ssl_core.inside.trace import Trace
from ssl_core.methods.flow import flow_of

LABELLED, UNLABELLED = 1, 4  # pictures shown of each kind
BLENDED = 2  # labelled ones, where they are blended
ALONE = 6  # labelled ones, where there are no others


def confidence(trace: Trace) -> Tensor:
    """The highest probability in each unlabelled picture's guess, as the gate sees it [n]."""
    seen, n = trace.step.seen, len(trace.unlabelled)
    return seen.get("aligned", seen["guesses"])[:n].max(dim=1).values


def chosen(trace: Trace, turn: int = 0) -> tuple[list[int], list[int]]:
    """Which labelled and which unlabelled rows to show: of unlike classes, and from the surest guess to the least.

    Another `turn` shows others. It does not depend on thresholds or weights: a slider moves no picture away.
    """
    y, n = trace.batch.y, len(trace.unlabelled)
    wanted = ALONE if not n else BLENDED if "lam" in trace.step.seen else LABELLED
    order = _turned(list(range(len(y))), turn * wanted)
    first = {int(y[row]): row for row in reversed(order)}  # the first of each class
    rows = sorted(first.values(), key=order.index)[:wanted]
    rows += [row for row in order if row not in rows][: wanted - len(rows)]
    if not n:
        return rows, []
    ranked = confidence(trace).sort(descending=True, stable=True).indices
    count = min(UNLABELLED, n)
    part = n // count  # of equally many pictures: one of each
    places = [k * part + turn % part for k in range(count - 1)] + [n - 1 - turn % part]
    return rows, [int(ranked[place]) for place in places]


def _turned(rows: list[int], by: int) -> list[int]:
    by %= max(1, len(rows))
    return rows[by:] + rows[:by]


def rows_of(trace: Trace, turn: int = 0) -> list[dict[str, Any]]:
    """The chosen pictures: {"id", "kind", "title", "out", "partners", "cells": {stage: cell}}.

    `out` says that the gate left the picture out, `partners` are ids of rows it is blended with; for what a cell is
    see ssl_core/inside/cells.py.
    """
    labelled, unlabelled = chosen(trace, turn)
    names = [stage.name for stage in flow_of(trace.config.method, trace.config.knobs)]
    cells = Cells(trace)
    rows = [_row(cells, names, "labelled", row) for row in labelled]
    return rows + [_row(cells, names, "unlabelled", row) for row in unlabelled]


def _row(cells: Cells, names: Sequence[str], kind: str, row: int) -> dict[str, Any]:
    filled = {name: cells.cell(name, kind, row) for name in names if name != "total"}
    return {
        "id": f"{kind[0]}{row}",
        "kind": kind,
        "title": cells.title(kind, row),
        "out": cells.left_out(kind, row),
        "partners": [f"{other}{at}" for other, at in cells.partners(kind, row)],
        "cells": {name: items for name, items in filled.items() if items},
    }


def view_of(trace: Trace, turn: int = 0) -> dict[str, Any]:
    """All that a page draws of a trace: rows, how the loss adds up, counts, and every picture's confidence."""
    return {
        "number": trace.number,
        "rows": rows_of(trace, turn),
        "total": total_of(trace),
        "counts": counts_of(trace),
        "spread": spread(trace),
    }


def total_of(trace: Trace) -> dict[str, Any]:
    """How the loss is added up: {"terms": [{"part", "mean", "weight", "rows"}], "loss"}."""
    step = trace.step
    terms = [
        {"part": part, "mean": float(mean), "weight": float(weight), "rows": len(step.seen.get(f"{part}_each", ()))}
        for (part, mean), weight in zip(step.parts.items(), step.seen["weights"], strict=True)
    ]
    return {"terms": terms, "loss": sum(term["mean"] * term["weight"] for term in terms)}


def counts_of(trace: Trace) -> dict[str, Any]:
    """Of the whole batch: how many rows, how many count at the gate, how many of those guesses are right."""
    stats, n = trace.step.stats, len(trace.unlabelled)
    counts: dict[str, Any] = {"labelled": len(trace.labelled), "unlabelled": n}
    if n:
        counted, known = stats["mask"][:n] > 0, trace.hidden >= 0
        right = stats["pseudo"][:n] == trace.hidden
        counts |= {"counted": int(counted.sum()), "known": int((counted & known).sum())}
        counts |= {"right": int((counted & known & right).sum()), "share": float(stats["mask"][:n].float().mean())}
    return counts


def spread(trace: Trace) -> list[float]:
    """The confidence of every unlabelled picture of the batch, for a strip beside the gate."""
    return [round(value, 4) for value in confidence(trace).tolist()] if len(trace.unlabelled) else []
