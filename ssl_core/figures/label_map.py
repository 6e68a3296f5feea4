"""The map of a set that is being labelled: every picture a point, coloured by label, guess or how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ssl_core.figures.data import GREY, PALETTE, SYMBOLS
from ssl_core.figures.look import LAYOUT

MOST_NUMBERS = 40  # beyond these they lie on one another
RING = "#767676"  # the grey that reads on white and on black
BELOW = {
    "orientation": "h",
    "y": -0.16,
    "yanchor": "top",
    "x": 0,
    "font": {"size": 12},
}  # above are the chart's buttons
DIM = {"marker": {"opacity": 0.25}}  # points outside a lasso


def class_map(
    points: np.ndarray,
    rows: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    none: str = "",
    faint: bool = False,
) -> go.Figure:
    """A colour and a shape a class; labels int [n], −1 for `none`, which is drawn first, in grey; `faint` for guesses.

    points [n, 2]; rows int [n] are the points' customdata, by which a click or a lasso says what it caught.
    """
    figure = go.Figure()
    for label in [-1, *range(len(classes))]:
        mine = labels == label
        if not mine.any():
            continue
        known = label >= 0
        marker = {
            "color": PALETTE[label % len(PALETTE)] if known else GREY,
            "symbol": SYMBOLS[(label // 2 + label // len(PALETTE)) % len(SYMBOLS)] if known else "circle",
            "size": 5 if not known else 6 if faint else 9,
            "opacity": 0.45 if not known else 0.6 if faint else 0.95,
        }
        _points(figure, points[mine], rows[mine], classes[label] if known else none, marker)
    return _dressed(figure)


def sure_map(points: np.ndarray, rows: np.ndarray, sure: np.ndarray) -> go.Figure:
    """From dark, unsure, to bright, sure 0..1, [n]: Cividis, which reads alike without red or green."""
    figure = go.Figure()
    bar = {"title": {"text": "Sure (%)", "side": "right"}, "thickness": 12}
    marker = {"color": 100 * sure, "colorscale": "Cividis", "cmin": 0, "cmax": 100, "size": 6, "colorbar": bar}
    _points(figure, points, rows, "", marker, "%{marker.color:.0f} % sure<extra></extra>")
    return _dressed(figure)


def add_numbers(figure: go.Figure, points: np.ndarray, first: int = 1) -> None:
    """Rings about the pictures that were asked about, [n, 2], with their numbers, in order from `first`."""
    texts = [f"<b>{number}</b>" for number in range(first, first + len(points))]
    if len(points):
        figure.add_scatter(
            x=points[:, 0], y=points[:, 1], mode="markers+text", text=texts,
            textposition="top center", name="asked, in order", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 14, "color": RING, "line": {"width": 2}},
            textfont={"color": RING, "size": 13}, unselected=DIM,
        )  # fmt: skip


def _points(
    figure: go.Figure, points: np.ndarray, rows: np.ndarray, name: str, marker: dict, says: str = "%{fullData.name}"
) -> None:
    figure.add_scatter(
        x=points[:, 0], y=points[:, 1], mode="markers", name=name, customdata=rows, marker=marker,
        hovertemplate=says if "<extra>" in says else f"{says}<extra></extra>", showlegend=bool(name),
        selected={"marker": {"opacity": 1}}, unselected=DIM,
    )  # fmt: skip


def _dressed(figure: go.Figure) -> go.Figure:
    figure.update_layout(
        LAYOUT, margin={"l": 8, "r": 36, "t": 30, "b": 36}, dragmode="lasso", clickmode="event+select", legend=BELOW
    )
    figure.update_xaxes(title="First direction", zeroline=False, showticklabels=False)
    figure.update_yaxes(title="Second direction", zeroline=False, showticklabels=False)
    return figure
