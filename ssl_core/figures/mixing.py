"""Charts about mixing: the law of λ, what mixing does to pixels, a batch and its partners, a network's answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ssl_core.figures.look import LAYOUT, faded
from ssl_core.images.writing import to_source

A, B, NEUTRAL = "#0072b2", "#d55e00", "#8a8f98"


def law_chart(at: Any, density: Any, lam: float, drawn: Any = None) -> go.Figure:
    """Density of λ, the λ in use as a line, and a histogram of draws if there are any."""
    figure = go.Figure()
    top = 1.0
    if drawn is not None:
        edges = np.linspace(0, 1, 26)
        height, _ = np.histogram(np.asarray(drawn), bins=edges, density=True)
        top = max(top, float(height.max()))
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2, y=height, width=0.04, name="draws", marker={"color": faded(A, 0.35)}
        )
    if density is not None:
        density = np.minimum(density, 12)  # Beta(α, α) with α < 1 has no largest value
        figure.add_scatter(x=at, y=density, mode="lines", name="law", line={"color": A, "width": 2}, hoverinfo="skip")
        inner = density[(at > 0.02) & (at < 0.98)]
        top = max(top, float(inner.max()))
    figure.add_scatter(
        x=[lam, lam],
        y=[0, 1.1 * top],
        mode="lines",
        name=f"λ = {lam:.2f}",
        line={"color": B, "width": 2},
        hoverinfo="skip",
    )
    figure.update_layout(LAYOUT, bargap=0)
    figure.update_xaxes(title="λ, the first picture's share", range=[-0.02, 1.02], zeroline=False)
    figure.update_yaxes(title="Density", range=[0, 1.15 * top], zeroline=False)
    return figure


def pixel_chart(lam: Any, numbers: Any, at: float) -> go.Figure:
    """Contrast and sharpness along the strip, relative to the mean of its two ends."""
    figure = go.Figure()
    for name, values, colour in (("Contrast", numbers.contrast, A), ("Sharpness", numbers.sharpness, "#009e73")):
        values = np.asarray(values, dtype=float)
        ends = (values[0] + values[-1]) / 2 or 1.0
        figure.add_scatter(
            x=np.asarray(lam),
            y=100 * values / ends,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
        )
    figure.add_vline(x=at, line={"color": B, "width": 2})
    figure.update_layout(LAYOUT)
    figure.update_xaxes(title="λ, the first picture's share", range=[1.02, -0.02], zeroline=False)
    figure.update_yaxes(title="Relative to the two pictures (%)", rangemode="tozero", zeroline=False)
    return figure


def noise_chart(lam: Any, measured: Any, law: Any) -> go.Figure:
    """What is left of two independent noises after mixing: as measured, and √(λ² + (1−λ)²)."""
    figure, lam = go.Figure(), np.asarray(lam)
    figure.add_scatter(
        x=lam, y=100 * np.asarray(law), mode="lines", name="√(λ² + (1−λ)²)", line={"color": A, "width": 2}
    )
    figure.add_scatter(
        x=lam,
        y=100 * np.asarray(measured),
        mode="markers",
        name="measured on these pictures",
        marker={"color": B, "size": 9},
    )
    figure.update_layout(LAYOUT)
    figure.update_xaxes(title="λ, the first picture's share", range=[1.02, -0.02], zeroline=False)
    figure.update_yaxes(title="Noise left (%)", range=[0, 108], zeroline=False)
    return figure


def batch_chart(x: Any, out: Any, partner: Any, share: Any) -> go.Figure:
    """Row above: the batch. Row below: the mixtures. Lines: whose share went where, as wide as the share."""
    count = len(x)
    figure = go.Figure()
    for i in range(count):
        for source, part, colour in ((i, float(share[i]), A), (int(partner[i]), 1 - float(share[i]), B)):
            if part > 0.004:
                figure.add_scatter(
                    x=[source, i], y=[1.55, 0.45], mode="lines", line={"color": colour, "width": 0.6 + 6 * part},
                    opacity=0.75, hoverinfo="text", text=f"{part:.0%} of picture {source + 1} in mixture {i + 1}",
                )  # fmt: skip
        for pictures, height in ((x, 2), (out, 0)):
            figure.add_layout_image(
                source=to_source(pictures[i], max(1, 64 // pictures.shape[-1])), xref="x", yref="y", x=i - 0.44,
                y=height + 0.44, sizex=0.88, sizey=0.88, sizing="stretch",
            )  # fmt: skip
    figure.update_layout(LAYOUT, showlegend=False, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(visible=False, range=[-0.5, count - 0.5], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-0.5, 2.5], fixedrange=True)
    return figure


def answers_chart(lam: Any, answers: Any, labels: Any, first: int, second: int, classes: tuple[str, ...]) -> go.Figure:
    """A network's probability of the two classes along the strip (solid) beside the mixed label (dashed)."""
    lam, answers, labels = (np.asarray(a, dtype=float) for a in (lam, answers, labels))
    figure = go.Figure()
    shown = [(first, A)] if first == second else [(first, A), (second, B)]
    for column, colour in shown:
        name = classes[column]
        figure.add_scatter(
            x=lam, y=100 * labels[:, column], mode="lines", name=f"label: {name}", line={"color": colour, "dash": "dot"}
        )
        figure.add_scatter(
            x=lam,
            y=100 * answers[:, column],
            mode="lines+markers",
            name=f"network: {name}",
            line={"color": colour, "width": 2},
        )
    rest = 1 - answers[:, [column for column, _ in shown]].sum(axis=1)
    figure.add_scatter(
        x=lam, y=100 * rest, mode="lines", name="network: any other class", line={"color": NEUTRAL, "width": 1.5}
    )
    figure.update_layout(LAYOUT)
    figure.update_xaxes(title="λ, the first picture's share", range=[1.02, -0.02], zeroline=False)
    figure.update_yaxes(title="Probability (%)", range=[-2, 102], zeroline=False)
    return figure


def gap_to_label(answers: Any, labels: Any) -> float:
    """Mean distance between a network's answer and the mixed label, half the sum of |differences|: 0 to 1."""
    return float(np.abs(np.asarray(answers, dtype=float) - np.asarray(labels, dtype=float)).sum(axis=1).mean() / 2)
