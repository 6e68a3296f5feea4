"""What an augmentation does to a picture's values, and how fast it is."""

from __future__ import annotations

import plotly.graph_objects as go

from ssl_core.figures.look import LAYOUT

BEFORE, AFTER = "#6b7280", "#0072b2"


def histogram_chart(before: list[float], after: list[float]) -> go.Figure:
    """Share of values by brightness, originals as a line, views as bars."""
    bins = len(before)
    centres = [(k + 0.5) / bins for k in range(bins)]
    figure = go.Figure()
    figure.add_bar(
        x=centres, y=[100 * v for v in after], name="Augmented", marker={"color": AFTER}, width=0.9 / bins,
        hovertemplate="brightness %{x:.2f}: %{y:.1f} %<extra>augmented</extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=centres, y=[100 * v for v in before], name="Original", mode="lines",
        line={"color": BEFORE, "width": 2, "shape": "hvh"},
        hovertemplate="brightness %{x:.2f}: %{y:.1f} %<extra>original</extra>",
    )  # fmt: skip
    figure.update_layout(LAYOUT, uirevision="histogram", showlegend=True)
    figure.update_xaxes(title="Brightness of a value, 0 black to 1 white", range=[0, 1], zeroline=False)
    figure.update_yaxes(title="Share of values (%)", rangemode="tozero", zeroline=False)
    return figure


def histogram_words(before: list[float], after: list[float]) -> str:
    """The chart as a sentence."""
    bins = len(before)
    means = [sum((k + 0.5) / bins * v for k, v in enumerate(shares)) for shares in (before, after)]
    return f"Histogram of values: mean brightness {means[0]:.2f} before, {means[1]:.2f} after."


def speed_chart(rates: dict[str, float]) -> go.Figure:
    """Pictures a second, one bar a way."""
    names = {"ours": "This app, whole batch", "torchvision": "torchvision, one by one"}
    figure = go.Figure()
    figure.add_bar(
        y=[names[key] for key in rates], x=list(rates.values()), orientation="h",
        marker={"color": [AFTER if key == "ours" else BEFORE for key in rates]},
        hovertemplate="%{y}: %{x:,.0f} pictures a second<extra></extra>",
    )  # fmt: skip
    figure.update_layout(LAYOUT, uirevision="speed", showlegend=False)
    figure.update_xaxes(title="Pictures a second", rangemode="tozero", zeroline=False)
    figure.update_yaxes(title="")
    return figure
