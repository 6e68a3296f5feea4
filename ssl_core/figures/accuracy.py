"""The signature chart: test accuracy against label count, one line a method, dots that move while a run trains."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import plotly.graph_objects as go

from ssl_core.figures.look import LAYOUT, faded, look, percent

Rows = list[dict[str, Any]]  # as ssl_core.runs.progress.describe makes them


def accuracy_chart(rows: Rows, *, chance: float, ceiling: float | None = None, revision: str = "") -> go.Figure:
    """Filled markers for finished runs, hollow ones for the others; line: mean; band: lowest to highest seed.

    `chance` and `ceiling` (every label given) are shares 0..1. `revision` is plotly's uirevision: while it stays
    the same, zoom and hidden legend entries survive new data.
    """
    figure = go.Figure()
    counts = sorted({row["labels"] for row in rows})
    methods = list(dict.fromkeys(row["method"] for row in rows))
    for place, method in enumerate(methods):
        mine = [row for row in rows if row["method"] == method and row["test_accuracy"] is not None]
        # Methods stand a little beside each other, so that equal dots do not hide one another.
        _add_method(figure, method, mine, aside=1.02 ** (place - (len(methods) - 1) / 2))
    for level, text in ((chance, f"guessing {percent(chance)}"), (ceiling, f"every label {percent(ceiling)}")):
        if level is not None:
            high = level is ceiling
            figure.add_hline(
                y=100 * level,
                line={"color": "#8a8f98", "width": 1, "dash": "dash" if high else "dot"},
                annotation={"text": text, "font": {"size": 11}, "showarrow": False},
                annotation_position="top left" if high else "bottom left",
            )
    span = [0.85 * counts[0], 1.18 * counts[-1]] if counts else [8, 120]
    figure.update_layout(LAYOUT, uirevision=revision or "constant")
    figure.update_xaxes(
        title="Labelled pictures (log scale)",
        type="log",
        tickvals=counts,
        ticktext=[f"{c:,}" for c in counts],
        range=[math.log10(value) for value in span],
        zeroline=False,
    )
    figure.update_yaxes(title="Test accuracy (%)", range=[0, 102], zeroline=False)
    return figure


def _add_method(figure: go.Figure, method: str, rows: Rows, aside: float) -> None:
    name, colour, marker = look(method)
    done: dict[int, list[float]] = defaultdict(list)
    now: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        now[row["labels"]].append(100 * row["test_accuracy"])
        if row["state"] == "done":
            done[row["labels"]].append(100 * row["test_accuracy"])
    band = sorted((count, min(v), max(v)) for count, v in done.items() if len(v) > 1)
    xs = [aside * b[0] for b in band] + [aside * b[0] for b in reversed(band)]
    ys = [b[2] for b in band] + [b[1] for b in reversed(band)]
    figure.add_scatter(
        x=xs, y=ys, fill="toself", fillcolor=faded(colour, 0.15), line={"width": 0}, mode="lines",
        hoverinfo="skip", showlegend=False, legendgroup=method, name=f"{name}, seeds",
    )  # fmt: skip
    mean = sorted((count, sum(v) / len(v)) for count, v in now.items())
    figure.add_scatter(
        x=[aside * m[0] for m in mean], y=[m[1] for m in mean], mode="lines", line={"color": colour, "width": 2},
        hoverinfo="skip", showlegend=False, legendgroup=method, name=f"{name}, mean",
    )  # fmt: skip
    figure.add_scatter(
        x=[aside * row["labels"] for row in rows],
        y=[100 * row["test_accuracy"] for row in rows],
        mode="markers",
        name=name,
        legendgroup=method,
        marker={
            "symbol": [marker if row["state"] == "done" else f"{marker}-open" for row in rows],
            "color": colour,
            "size": 10,
            "line": {"width": 2, "color": colour},
        },
        hovertext=[
            f"{name}<br>{row['labels']} labels, seed {row['seed']}<br>{percent(row['test_accuracy'])}, {row['state']}"
            for row in rows
        ],
        hoverinfo="text",
    )


def accuracy_words(rows: Rows) -> str:
    """The chart as a sentence, for those who do not see it."""
    told = []
    for method in dict.fromkeys(row["method"] for row in rows):
        by_count: dict[int, list[float]] = defaultdict(list)
        for row in rows:
            if row["method"] == method and row["test_accuracy"] is not None:
                by_count[row["labels"]].append(row["test_accuracy"])
        points = ", ".join(f"{percent(sum(v) / len(v))} with {c} labels" for c, v in sorted(by_count.items()))
        told.append(f"{look(method)[0]}: {points or 'no result yet'}")
    return "Test accuracy against the number of labelled pictures. " + "; ".join(told) + "."
