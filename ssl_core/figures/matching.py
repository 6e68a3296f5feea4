"""What a matching method does to points in a plane."""

from __future__ import annotations

from typing import Any

from ssl_core.figures.look import LAYOUT

COLOURS = ("#0072b2", "#e69f00")


def matching_chart(plane: Any, labels: Any) -> dict[str, Any]:
    """Unlabelled points in the colour of the class they were given, wrong ones crossed, labelled ones large.

    `plane` is ssl_core.methods.plane.Plane; `labels` [m] are the classes given, 0 and 1. A figure as plain values.
    """
    traces = []
    for c, colour in enumerate(COLOURS):
        for wrong, symbol, name in ((False, "circle", f"given class {c + 1}"), (True, "x", f"class {c + 1}, wrongly")):
            rows = (labels == c) & ((plane.true != c) if wrong else (plane.true == c))
            traces.append(
                {
                    "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "name",
                    "x": plane.u[rows, 0].round(3).tolist(), "y": plane.u[rows, 1].round(3).tolist(),
                    "marker": {"color": colour, "symbol": symbol, "size": 9 if wrong else 6,
                               "opacity": 1 if wrong else 0.5},
                }
            )  # fmt: skip
        mine = plane.y == c
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": f"labelled, class {c + 1}", "hoverinfo": "name",
                "x": plane.x[mine, 0].round(3).tolist(), "y": plane.x[mine, 1].round(3).tolist(),
                "marker": {"color": colour, "symbol": "star", "size": 17, "line": {"color": "#222222", "width": 1.5}},
            }
        )  # fmt: skip
    layout = LAYOUT | {
        "showlegend": False,
        "margin": {"l": 40, "r": 36, "t": 8, "b": 40},
        "xaxis": {"title": {"text": "First measurement"}, "zeroline": False},
        "yaxis": {"title": {"text": "Second measurement"}, "zeroline": False, "scaleanchor": "x"},
    }
    return {"data": traces, "layout": layout}
