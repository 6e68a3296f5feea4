"""How one run went: accuracies and pseudo-labels in one chart, losses in another."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from ssl_core.figures.look import LAYOUT

# column, name, colour, dash, what it means
QUALITY = (
    ("validation_accuracy", "Validation accuracy", "#0072b2", "solid"),
    ("validation_accuracy_live", "… of the weights as they are now", "#56b4e9", "dot"),
    ("mask_rate", "Guesses that count (mask rate)", "#e69f00", "solid"),
    ("pseudo_accuracy", "… of these, right", "#009e73", "solid"),
)
LOSSES = (
    ("loss", "Total", "#6b7280", "dot"),
    ("loss_labelled", "Labelled", "#d55e00", "solid"),
    ("loss_unlabelled", "Unlabelled, before its weight", "#cc79a7", "solid"),
)


def quality_chart(rows: list[dict[str, Any]], revision: str) -> go.Figure:
    """Shares in per cent over steps: validation accuracy, mask rate, pseudo-label accuracy."""
    figure = _lines(rows, QUALITY, 100, revision)
    figure.update_yaxes(title="Share (%)", range=[0, 102])
    return figure


def loss_chart(rows: list[dict[str, Any]], revision: str) -> go.Figure:
    """Losses over steps, log scale, because they fall by powers of ten."""
    figure = _lines(rows, LOSSES, 1, revision)
    figure.update_yaxes(title="Loss (log scale)", type="log", exponentformat="power", dtick=1)
    return figure


def _lines(rows: list[dict[str, Any]], columns: tuple, scale: float, revision: str) -> go.Figure:
    figure = go.Figure()
    for column, name, colour, dash in columns:
        points = [(row["step"], row[column]) for row in rows if row.get(column) is not None]
        if not points and column.startswith(("mask", "pseudo", "loss_unlabelled")):
            continue  # a supervised run has none of these
        figure.add_scatter(
            x=[p[0] for p in points],
            y=[scale * p[1] for p in points],
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate="step %{x}: %{y:.3~g}<extra>" + name + "</extra>",
        )
    figure.update_layout(LAYOUT, uirevision=revision, showlegend=True)
    figure.update_xaxes(title="Step", rangemode="tozero", zeroline=False)
    return figure


def curve_words(rows: list[dict[str, Any]]) -> str:
    """The newest numbers as a sentence."""
    if not rows:
        return "No step has been taken yet."
    last: dict[str, Any] = {}
    for row in rows:
        last.update({key: value for key, value in row.items() if value is not None})
    told = [f"{name.lstrip('… ')} {100 * last[c]:.1f} %" for c, name, *_ in QUALITY if c in last]
    told += [f"{name} loss {last[c]:.3g}" for c, name, *_ in LOSSES if c in last]
    return f"At step {last.get('step', 0)}: " + ", ".join(told) + "."
