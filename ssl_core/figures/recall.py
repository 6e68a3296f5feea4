"""How much of each class of the test runs recognise, with how far that can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.compare import line_looks
from ssl_core.figures.look import LAYOUT, class_axis, look, percent
from ssl_core.intervals import interval_words, uneven, wilson

Rows = dict[str, dict[str, Any]]  # described runs by title


def has_recall(row: dict[str, Any], classes: Sequence[str]) -> bool:
    """Whether a run says it, and of these classes."""
    recall = row.get("recall") or ()
    whole = len(recall) == len(classes) == len(row.get("tested_by_class") or ())
    return whole and any(share is not None for share in recall)


def recall_chart(rows: Rows, classes: Sequence[str]) -> dict[str, Any]:
    """A row a class, a dot a run at its recall, with its 95 % interval; runs without such numbers are left out."""
    traces = []
    for place, (title, row) in enumerate(rows.items()):
        if not has_recall(row, classes):
            continue
        colour = line_looks([other.get("method") for other in rows.values()])[place][0]
        seen = [(name, *pair) for name, *pair in zip(classes, row["recall"], row["tested_by_class"], strict=True)]
        seen = [(name, share, n) for name, share, n in seen if share is not None and n]
        ends = [wilson(share, n) for _, share, n in seen]
        bars = {
            "array": [100 * (high - share) for (_, share, _), (_, high) in zip(seen, ends, strict=True)],
            "arrayminus": [100 * (share - low) for (_, share, _), (low, _) in zip(seen, ends, strict=True)],
        }
        words = [
            f"{title}<br>{name}: {percent(share)} of {n:,} test pictures ({interval_words(end)})"
            for (name, share, n), end in zip(seen, ends, strict=True)
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "orientation": "h",  # runs stand a little above each other, so that equal dots do not hide one another
                "offsetgroup": title,
                "name": title,
                "x": [100 * share for _, share, _ in seen],
                "y": [name for name, _, _ in seen],
                "marker": {"color": colour, "size": 10, "symbol": _symbol(row, place, rows)},
                "error_x": {"type": "data", "symmetric": False, "thickness": 1.2, "width": 3, "color": colour} | bars,
                "hovertext": words,
                "hoverinfo": "text",
                "showlegend": True,
            }
        )
    layout = LAYOUT | {
        "xaxis": {
            "title": {"text": "Recall: share of the class that is recognised (%)"},
            "range": [-3, 103],
            "zeroline": False,
        },
        "yaxis": class_axis(classes, upright=True) | {"autorange": "reversed", "categoryarray": list(classes)},
        "scattermode": "group",
        "scattergap": 0.3,
    }
    return {"data": traces, "layout": layout}


def _symbol(row: dict[str, Any], place: int, rows: Rows) -> str:
    """The method's marker, hollow for a second run of the same method, so that no two are alike at a glance."""
    method = row.get("method") or ""
    earlier = sum(other.get("method") == method for other in list(rows.values())[:place])
    return look(method)[2] + ("-open" if earlier % 2 else "")


def recall_words(row: dict[str, Any], classes: Sequence[str]) -> str:
    """The worst class, and balanced accuracy beside accuracy where the classes are uneven."""
    if not has_recall(row, classes):
        return "This run does not say how it does on each class: it ran before that was measured, or has no test."
    known = [(share, n, name) for share, n, name in zip(row["recall"], row["tested_by_class"], classes, strict=True)]
    share, n, name = min(one for one in known if one[0] is not None)
    words = f"Least recognised: {name}, {percent(share)} of {n:,} test pictures ({interval_words(wilson(share, n))})."
    if not uneven(row["tested_by_class"]):
        return words
    both = f"{percent(row['test_accuracy'])}, balanced {percent(row['balanced_accuracy'])}"
    return f"{words} The test's classes are uneven: accuracy {both}, which counts every class the same."
