"""Accuracy on the usual and on the flipped ground, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT

USUAL, FLIPPED = "#009e73", "#d55e00"


def ground_chart(
    classes: Sequence[str], usual: Sequence[float], flipped: Sequence[float], chance: float
) -> dict[str, Any]:
    """Two bars a class, and all classes first; shares 0..1."""
    names = ["all", *classes]
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": names,
            "y": [100 * share for share in (sum(shares) / len(shares), *shares)],
            "marker": {"color": colour, "pattern": {"shape": pattern}},
            "hovertemplate": "%{x}: %{y:.1f} %<extra>" + name + "</extra>",
        }
        for name, shares, colour, pattern in (
            ("usual ground", usual, USUAL, ""),
            ("flipped ground", flipped, FLIPPED, "/"),
        )
    ]
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * chance, "y1": 100 * chance}
    layout = LAYOUT | {
        "barmode": "group",
        "xaxis": {"title": {"text": "Class"}, "type": "category"},
        "yaxis": {"title": {"text": "Test accuracy (%)"}, "range": [0, 104]},
        "shapes": [level | {"line": {"color": "#8a8f98", "width": 1, "dash": "dot"}}],
    }
    return {"data": traces, "layout": layout}
