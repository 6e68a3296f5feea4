"""Accuracy on the usual and on the flipped ground, side by side; and what decides, the shape or the look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT, class_axis, stacked

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
        "xaxis": class_axis(names),
        "yaxis": {"title": {"text": "Test accuracy (%)"}, "range": [0, 104]},
        "shapes": [level | {"line": {"color": "#8a8f98", "width": 1, "dash": "dot"}}],
    }
    return {"data": traces, "layout": layout}


def looks_chart(measured: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, Any]:
    """Of every network by title, shares 0..1 of several tries: right by its shape, and following the look.

    Bars are means, whiskers reach from the lowest to the highest try.
    """
    traces = []
    for part, name, colour, pattern in (
        ("shape", "right, by the shape", USUAL, ""),
        ("look", "names the look's ground", FLIPPED, "/"),
    ):
        tries = [[100 * share for share in shares[part]] for shares in measured.values()]
        means = [sum(shares) / len(shares) for shares in tries]
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": list(measured),
                "y": means,
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [max(shares) - mean for shares, mean in zip(tries, means, strict=True)],
                    "arrayminus": [mean - min(shares) for shares, mean in zip(tries, means, strict=True)],
                    "color": "#8a8f98",
                },
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "hovertemplate": "%{x}: %{y:.1f} %<extra>" + name + "</extra>",
            }
        )
    layout = LAYOUT | {
        "barmode": "group",
        "xaxis": stacked([*measured]) | {"title": {"text": "Trained on pictures"}, "type": "category"},
        "yaxis": {"title": {"text": "Test pictures (%)"}, "range": [0, 104]},
    }
    return {"data": traces, "layout": layout}
