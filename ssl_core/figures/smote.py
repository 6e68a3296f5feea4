"""Charts about oversampling: the plane with its new samples, class counts, and whether it helped."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ssl_core.figures.look import LAYOUT, class_axis

PALETTE = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b7280", "#8c564b", "#1c91d4", "#ad7700", "#999933")
NEW, GREY = "#d55e00", "#8a8f98"
# Colour, marker and name of the kinds that Borderline-SMOTE tells apart (Han et al. 2005: safe, danger, noise).
KIND_LOOK = {
    "safe": ("#009e73", "circle", "among its own"),
    "danger": ("#e69f00", "triangle-up", "at the border"),
    "noise": ("#6b7280", "x", "among strangers"),
}
MOST_SEGMENTS = 250


def kinds_words(m: int, meaning: dict[str, str]) -> str:
    """What the names of the kinds mean, one sentence; `meaning` is of m nearest neighbours, by kind."""
    parts = "; ".join(f"{KIND_LOOK[kind][2]}, {words}" for kind, words in meaning.items())
    return f"By its {m} nearest neighbours of any class a real sample is: {parts}."


def plane_chart(
    scene: Any,
    names: dict[int, str],
    label: int,
    edges: Any,
    ends: Any,
    *,
    by_class: bool,
    chosen: tuple[int, int, int] | None,
) -> go.Figure:
    """Real samples, the neighbour graph of class `label`, and its new samples, whose customdata is their number.

    edges are pairs of real rows [e, 2]; ends the (start, neighbour) rows of the class's new samples [s, 2], -1 where
    unknown; chosen is (number, start, neighbour) of the one to point out.
    """
    figure = go.Figure()
    mine = scene.new[scene.label == label]
    _others(figure, scene, names, label, by_class)
    _lines(figure, scene.real[edges], "neighbours", GREY, 1, 0.6)
    known = ends[(ends >= 0).all(axis=1)][:MOST_SEGMENTS]
    _lines(figure, scene.real[known], "lines of new ones", NEW, 1.2, 0.5, visible=not len(edges) or len(known) < 120)
    rows = np.flatnonzero(scene.y == label)
    for kind, (colour, symbol, name) in KIND_LOOK.items():
        some = rows[scene.kinds[rows] == kind]
        if len(some):
            figure.add_scatter(
                x=scene.real[some, 0], y=scene.real[some, 1], mode="markers", name=name,
                marker={"color": colour, "symbol": symbol, "size": 10, "line": {"color": "white", "width": 1}},
                hovertext=[f"real sample {row}, {name}" for row in some], hoverinfo="text",
            )  # fmt: skip
    figure.add_scatter(
        x=mine[:, 0], y=mine[:, 1], mode="markers", name="new", customdata=np.arange(len(mine)),
        marker={"color": NEW, "symbol": "diamond", "size": 7, "opacity": 0.8},
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 0.8}},
        hovertext=[f"new sample {number}: click to follow it" for number in range(len(mine))], hoverinfo="text",
    )  # fmt: skip
    if chosen:
        _chosen(figure, scene.real, mine, *chosen)
    figure.update_layout(LAYOUT, margin={"l": 40, "r": 36, "t": 8, "b": 40}, dragmode="pan", clickmode="event+select")
    figure.update_xaxes(title="First direction", zeroline=False)
    figure.update_yaxes(title="Second direction", zeroline=False)
    return figure


def _others(figure: go.Figure, scene: Any, names: dict[int, str], label: int, by_class: bool) -> None:
    others = [other for other in names if other != label]
    groups = [(names[o], [o], PALETTE[i % len(PALETTE)]) for i, o in enumerate(others)]
    if not by_class:
        groups = [("other classes" if len(others) > 1 else names[others[0]], others, GREY)]
    for name, classes, colour in groups:
        points = scene.real[np.isin(scene.y, classes)]
        figure.add_scatter(
            x=points[:, 0], y=points[:, 1], mode="markers", name=name, hoverinfo="name",
            marker={"color": colour, "size": 6, "opacity": 0.45},
        )  # fmt: skip


def _lines(
    figure: go.Figure, ends: np.ndarray, name: str, colour: str, width: float, opacity: float, visible: bool = True
) -> None:
    """Segments [e, 2, 2] as one trace, broken by gaps."""
    if not len(ends):
        return
    broken = np.concatenate([ends, np.full((len(ends), 1, 2), np.nan)], axis=1).reshape(-1, 2)
    figure.add_scatter(
        x=broken[:, 0], y=broken[:, 1], mode="lines", name=name, line={"color": colour, "width": width},
        opacity=opacity, hoverinfo="skip", visible=True if visible else "legendonly",
    )  # fmt: skip


def _chosen(figure: go.Figure, real: np.ndarray, mine: np.ndarray, number: int, start: int, neighbour: int) -> None:
    way = real[[start, neighbour]]
    figure.add_scatter(
        x=way[:, 0], y=way[:, 1], mode="lines+markers+text", text=["start", "neighbour"],
        textposition=["top left", "bottom right"], textfont={"color": NEW, "size": 13},
        marker={"symbol": "circle-open", "size": 17, "color": NEW, "line": {"width": 3}},
        line={"color": NEW, "width": 3}, hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip
    figure.add_scatter(
        x=mine[[number], 0], y=mine[[number], 1], mode="markers", hoverinfo="skip", showlegend=False,
        marker={"symbol": "diamond", "size": 15, "color": NEW, "line": {"color": "white", "width": 2}},
    )  # fmt: skip


def counts_chart(before: dict[int, int], after: dict[int, int], names: dict[int, str]) -> go.Figure:
    """Samples of each class before and after."""
    figure = go.Figure()
    shown = [names[label] for label in before]
    figure.add_bar(x=shown, y=list(before.values()), name="before", marker={"color": GREY})
    figure.add_bar(x=shown, y=[after.get(label, 0) for label in before], name="after", marker={"color": NEW})
    figure.update_layout(LAYOUT, barmode="group")
    figure.update_xaxes(class_axis(shown))
    figure.update_yaxes(title="Samples", rangemode="tozero")
    return figure


def effect_chart(rows: list[dict[str, Any]]) -> go.Figure:
    """Recall of every class, and their mean, before and after, with 95 % intervals over seeds."""
    figure = go.Figure()
    for when, colour, symbol in (("before", GREY, "circle"), ("after", NEW, "diamond")):
        figure.add_scatter(
            x=[row["class"] for row in rows],
            y=[100 * row[when] for row in rows],
            error_y={
                "type": "data",
                "array": [100 * row[f"{when}_half"] for row in rows],
                "thickness": 1.5,
                "width": 5,
            },
            mode="markers",
            name=when,
            marker={"color": colour, "symbol": symbol, "size": 10},
        )
    figure.update_layout(LAYOUT, scattermode="group", scattergap=0.6)
    figure.update_xaxes(class_axis([row["class"] for row in rows]))
    figure.update_yaxes(title="Recall on test data (%)", zeroline=False)
    return figure
