"""The curve that somebody draws while labelling: what two lines reach against the labels spent so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT, below, faded, look, percent

Scores = Mapping[str, tuple[float, float, float]]  # by method: a share 0..1 and its 95 % interval


def label_curve(points: Sequence[tuple[int, Scores]], *, axis: str, chance: float | None, key: str) -> dict[str, Any]:
    """A line and a band a method, fewest labels first; `key` keeps zoom and hidden legend entries."""
    methods = list(dict.fromkeys(name for _, scores in points for name in scores))
    most = max([10, *(labels for labels, _ in points)])
    layout = LAYOUT | {
        "uirevision": key,
        "xaxis": {"title": {"text": "Labels spent"}, "range": [0, 1.05 * most], "zeroline": False},
        "yaxis": {"title": {"text": f"{axis} (%)"}, "range": [0, 104], "zeroline": False},
    }
    if chance is not None:
        line = {"color": "rgba(128,128,128,0.8)", "width": 1, "dash": "dot"}
        across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * chance, "y1": 100 * chance}
        words = {"text": f"guessing {percent(chance)}", "xref": "paper", "x": 1, "y": 100 * chance}
        layout["shapes"] = [across | {"line": line}]
        layout["annotations"] = [words | {"xanchor": "right", "yanchor": below(chance), "showarrow": False}]
    return {"data": [trace for name in methods for trace in _traces(name, points)], "layout": layout}


def _traces(name: str, points: Sequence[tuple[int, Scores]]) -> list[dict[str, Any]]:
    mine = [(labels, *(100 * share for share in scores[name])) for labels, scores in points if name in scores]
    title, colour, marker = look(name)
    x, y, low, high = (list(column) for column in zip(*mine, strict=True))
    band = {"x": [*x, *reversed(x)], "y": [*high, *reversed(low)], "fill": "toself", "fillcolor": faded(colour, 0.14)}
    quiet = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "legendgroup": name}
    dots = {"mode": "lines+markers", "line": {"color": colour, "width": 2}, "marker": {"symbol": marker, "size": 7}}
    says = "%{x} labels: %{y:.1f} %"
    return [
        {"type": "scatter"} | band | quiet,
        {"type": "scatter", "x": x, "y": y, "name": title, "legendgroup": name, "hovertemplate": says} | dots,
    ]


def curve_words(points: Sequence[tuple[int, Scores]], axis: str) -> str:
    """The last place of the curve, for whoever does not see it."""
    last = next(((labels, scores) for labels, scores in reversed(points) if scores), None)
    if last is None:
        return f"{axis} against labels spent: nothing yet."
    reached = ", ".join(f"{look(name)[0]} {percent(score[0])}" for name, score in last[1].items())
    return f"{axis} against labels spent; with {last[0]}: {reached}."
