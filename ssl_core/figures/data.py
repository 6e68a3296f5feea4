"""Charts about a data set: how many pictures of each class are in each part, and a map of the pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ssl_core.figures.look import LAYOUT, class_axis

# Okabe & Ito; the order is that of the bars, from the pictures that matter most for a run.
PART_LOOK = {"labelled": "#d55e00", "unlabelled": "#0072b2", "validation": "#e69f00", "test": "#6b7280"}
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b7280", "#8c564b", "#1c91d4", "#ad7700")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")  # so that colour is never alone
GREY = "#8a8f98"


def counts_chart(counts: dict[str, list[int]], classes: tuple[str, ...], unknown: int = 0) -> go.Figure:
    """Bars of each class, one a part; a logarithmic axis, since labels are few and the others many.

    `unknown` unlabelled pictures are of no class that anybody knows, which is one more bar.
    """
    figure = go.Figure()
    for part, bars in counts.items():
        more = unknown if part == "unlabelled" else 0
        figure.add_bar(
            x=[*classes, "unknown"] if more else list(classes),
            y=[*bars, more] if more else bars,
            name=part,
            marker={"color": PART_LOOK[part]},
            hovertemplate=f"%{{x}}: %{{y:,}} {part}<extra></extra>",
        )
    figure.update_layout(LAYOUT, barmode="group", bargap=0.25, margin={"l": 56, "r": 36, "t": 8, "b": 48})
    figure.update_xaxes(class_axis([*classes, "unknown"] if unknown and "unlabelled" in counts else classes))
    figure.update_yaxes(title="Pictures (log scale)", type="log", dtick="D2", rangemode="tozero")
    return figure


def map_chart(seen: Any, classes: tuple[str, ...], chosen: int | None) -> go.Figure:
    """Pictures as points; labelled ones are large with a dark rim, those of a class nobody knows are grey rings.

    More than ten classes: only `chosen` is coloured.
    """
    figure = go.Figure()
    many = len(classes) > len(PALETTE)
    groups = [(GREY, "circle", [c for c in range(len(classes)) if c != chosen], "other classes")] if many else []
    shown = ([chosen] if chosen is not None else []) if many else range(len(classes))
    if (seen.labels < 0).any():
        groups.insert(0, (GREY, "circle-open", [-1], "unknown"))
    groups += [
        (PALETTE[i % len(PALETTE)], SYMBOLS[i // 2 % len(SYMBOLS)], [c], classes[c]) for i, c in enumerate(shown)
    ]
    for colour, symbol, labels, name in groups:
        mine = np.isin(seen.labels, labels)
        for few in (False, True):
            rows = np.flatnonzero(mine & (seen.labelled == few))
            figure.add_scatter(
                x=seen.points[rows, 0], y=seen.points[rows, 1], mode="markers", name=name, legendgroup=name,
                showlegend=not few, hovertext=[_words(seen, classes, row) for row in rows], hoverinfo="text",
                marker={
                    "color": colour, "symbol": symbol, "size": 12 if few else 6, "opacity": 1 if few else 0.5,
                    "line": {"color": "#222222", "width": 2 if few else 0},
                },
            )  # fmt: skip
    figure.update_layout(LAYOUT, margin={"l": 48, "r": 36, "t": 8, "b": 48}, dragmode="pan")
    figure.update_xaxes(title="First principal component", zeroline=False)
    figure.update_yaxes(title="Second principal component", zeroline=False)
    return figure


def _words(seen: Any, classes: tuple[str, ...], row: int) -> str:
    name = classes[seen.labels[row]] if seen.labels[row] >= 0 else "unknown"
    return f"{name}, {'labelled' if seen.labelled[row] else 'unlabelled'}"
