"""Charts about one answer: probabilities, how views move them, and whether they can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT, class_axis, faded

WEAK, STRONG, QUIET = "#0072b2", "#d55e00", "#8a8f98"


def answer_chart(classes: Sequence[str], probability: Sequence[float], truth: str | None = None) -> dict[str, Any]:
    """One bar a class; the first choice in blue, the true class marked with a star where it is known."""
    best = max(range(len(probability)), key=probability.__getitem__)
    names = [f"{name} ★" if name == truth else name for name in classes]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": [100 * p for p in probability],
        "marker": {"color": [WEAK if n == best else faded(QUIET, 0.6) for n in range(len(classes))]},
        "text": [f"{100 * p:.1f} %" if p >= 0.0005 else "" for p in probability],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:.2f} %<extra></extra>",
    }
    layout = LAYOUT | {
        "xaxis": {"title": {"text": "Calibrated probability (%)"}, "range": [0, 112], "tickvals": [0, 25, 50, 75, 100]},
        "yaxis": class_axis(names, upright=True) | {"autorange": "reversed"},
        "margin": {"l": 56, "r": 36, "t": 8, "b": 48},
        "showlegend": False,
    }
    return {"data": [bars], "layout": layout}


def answer_words(classes: Sequence[str], probability: Sequence[float]) -> str:
    """The chart as a sentence."""
    order = sorted(range(len(classes)), key=lambda n: -probability[n])[:3]
    return "Probabilities: " + ", ".join(f"{classes[n]} {100 * probability[n]:.1f} %" for n in order) + "."


def views_chart(classes: Sequence[str], spread: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Mean probability of each class under weak and strong views; whiskers from the lowest to the highest view."""
    traces = []
    for name, colour in (("weak", WEAK), ("strong", STRONG)):
        moved = spread[name]
        mean = [100 * p for p in moved["mean"]]
        traces.append(
            {
                "type": "bar",
                "name": f"{name} views, mean",
                "x": list(classes),
                "y": mean,
                "marker": {"color": faded(colour, 0.75)},
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [100 * h - m for h, m in zip(moved["high"], mean, strict=True)],
                    "arrayminus": [m - 100 * low for low, m in zip(moved["low"], mean, strict=True)],
                    "color": QUIET,
                    "thickness": 1.5,
                    "width": 4,
                },
            }
        )
    layout = LAYOUT | {
        "barmode": "group",
        "xaxis": class_axis(classes),
        "yaxis": {"title": {"text": "Probability (%)"}, "range": [0, 104]},
    }
    return {"data": traces, "layout": layout}


def views_words(classes: Sequence[str], spread: dict[str, dict[str, Any]]) -> str:
    """The chart as a sentence."""
    sentences = []
    for name in ("weak", "strong"):
        mean = spread[name]["mean"]
        best = max(range(len(mean)), key=mean.__getitem__)
        sentences.append(f"under {name} views {classes[best]} has {100 * mean[best]:.0f} % on average")
    return "; ".join(sentences).capitalize() + "."


def reliability_chart(before: Any, after: Any) -> dict[str, Any]:
    """Accuracy against confidence of test pictures, by bin, before and after the temperature; dots as large as bins."""
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "as sure as right",
            "x": [0, 100],
            "y": [0, 100],
            "line": {"color": QUIET, "dash": "dot", "width": 1},
            "hoverinfo": "skip",
        }
    ]
    for name, measured, colour, marker in (
        ("as it came", before, STRONG, "square"),
        ("calibrated", after, WEAK, "circle"),
    ):
        kept = [b for b, n in enumerate(measured.count) if n]
        total = max(sum(measured.count), 1)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{name}, ECE {100 * measured.ece:.1f} %",
                "x": [100 * measured.confidence[b] for b in kept],
                "y": [100 * measured.accuracy[b] for b in kept],
                "text": [f"{measured.count[b]} pictures" for b in kept],
                "marker": {
                    "color": faded(colour, 0.75),
                    "symbol": marker,
                    "size": [5 + 20 * (measured.count[b] / total) ** 0.5 for b in kept],
                },
                "hovertemplate": "sure %{x:.0f} %, right %{y:.0f} %, %{text}<extra></extra>",
            }
        )
    layout = LAYOUT | {
        "xaxis": {"title": {"text": "How sure it says it is (%)"}, "range": [0, 103]},
        "yaxis": {"title": {"text": "How often it is right (%)"}, "range": [0, 106]},
    }
    return {"data": traces, "layout": layout}
