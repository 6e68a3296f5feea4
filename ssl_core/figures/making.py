"""How a maker of pictures learns: its losses, what the network with every label says, and its codes as points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ssl_core.figures.look import AMBER, BLUE, BROWN, GREEN, GREY, LAYOUT, PINK, RUST, SKY, numbered

COLOURS = (GREY, BLUE, RUST, GREEN, AMBER, PINK)
DASHES = ("dot", "solid", "dash", "dashdot", "longdash", "solid")
# No two of ten classes share a colour, and shapes tell them apart as well; the last two are of Paul Tol's muted set,
# since Okabe & Ito's black is not seen on a dark page, nor their yellow on a light one.
CLASS_COLOURS = (BLUE, RUST, GREEN, AMBER, PINK, SKY, BROWN, GREY, "#882255", "#999933")
SHAPES = ("circle", "diamond", "square", "cross", "triangle-up", "x")


def losses_chart(rows: Sequence[Mapping[str, Any]], losses: Mapping[str, str], revision: str) -> dict[str, Any]:
    """Every loss over steps, by its key and title; plain scale, since a likelihood may lie below zero."""
    traces = []
    for place, (name, title) in enumerate(losses.items()):
        points = [(row["step"], row[name]) for row in rows if isinstance(row.get(name), (int, float))]
        look = {"color": COLOURS[place % len(COLOURS)], "dash": DASHES[place % len(DASHES)], "width": 2}
        traces.append(_line(points, title, look))
    axis = {"title": {"text": "Loss"}, "zeroline": False}
    return {"data": traces, "layout": _layout(revision, axis, traces)}


def recognised_chart(rows: Sequence[Mapping[str, Any]], chance: float, revision: str) -> dict[str, Any]:
    """The share of made pictures that is taken for the class asked for, in per cent, over steps."""
    points = [(row["step"], 100 * row["recognised"]) for row in rows if isinstance(row.get("recognised"), (int, float))]
    line = _line(points, "Recognised as asked", {"color": BLUE, "width": 2}) | {"mode": "lines+markers"}
    guess = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * chance, "y1": 100 * chance}
    guess |= {"line": {"color": GREY, "dash": "dot", "width": 1}}
    layout = _layout(revision, {"title": {"text": "Recognised (%)"}, "range": [0, 102]}, [line])
    return {
        "data": [line],
        "layout": layout | {"shapes": [guess]},
    }


def plane_traces(row: Mapping[str, Any], classes: Sequence[str]) -> list[dict[str, Any]]:
    """Codes as points, a trace a class, of a row that has them: plane_x, plane_y and plane_class."""
    traces = []
    for number, name in enumerate(classes):
        rows = [place for place, one in enumerate(row["plane_class"]) if one == number]
        colour, shape = CLASS_COLOURS[number % len(CLASS_COLOURS)], SHAPES[number // 2 % len(SHAPES)]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [row["plane_x"][place] for place in rows],
                "y": [row["plane_y"][place] for place in rows],
                "marker": {"color": colour, "symbol": shape, "size": 7, "opacity": 0.85},
                "hovertemplate": f"{name}<extra></extra>",
            }
        )
    return traces


def plane_chart(row: Mapping[str, Any] | None, classes: Sequence[str], revision: str) -> dict[str, Any]:
    """The plane of the codes with as many deviations to each side as are walked through; empty without a row."""
    axis = {"range": [-3.2, 3.2], "zeroline": False}
    layout = _layout(revision, axis | {"title": {"text": "second axis"}, "scaleanchor": "x"}, [])
    layout |= {"xaxis": axis | {"title": {"text": "first axis of the codes (deviations)"}}}
    return {"data": plane_traces(row, classes) if row else [], "layout": layout}


def plane_frames(rows: Sequence[Mapping[str, Any]], classes: Sequence[str], steps: int, most: int) -> list[dict]:
    """The same at up to `most` moments, for a replay: {"at": share of the run, "data": traces}."""
    measured = [row for row in rows if has_plane(row)]
    if len(measured) > most:
        measured = [measured[round(place * (len(measured) - 1) / (most - 1))] for place in range(most)]
    return [{"at": row["step"] / max(steps, 1), "data": plane_traces(row, classes)} for row in measured]


def has_plane(row: Mapping[str, Any]) -> bool:
    """Whether a row of a record, which anybody may have edited, says where codes lie."""
    parts = [row.get(name) for name in ("plane_x", "plane_y", "plane_class")]
    lists = all(isinstance(part, list) for part in parts) and len({len(part) for part in parts}) == 1
    return lists and all(value is not None for part in parts for value in part)


def last_words(rows: Sequence[Mapping[str, Any]], losses: Mapping[str, str]) -> str:
    """The newest numbers as a sentence."""
    last: dict[str, Any] = {}
    for row in rows:
        last |= {name: value for name, value in row.items() if value is not None}
    if not last:
        return "No step has been taken yet."
    parts = [f"{title.lower()} {last[name]:.3g}" for name, title in losses.items() if name in last]
    if "recognised" in last:
        parts.append(f"{100 * last['recognised']:.0f} % of the pictures recognised as asked")
    return f"At step {last.get('step', 0):,}: {', '.join(parts) or 'nothing measured yet'}."


def _line(points: Sequence[tuple[float, float]], title: str, look: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": title,
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "line": dict(look),
        "hovertemplate": "step %{x}: %{y:.4~g}<extra>" + title + "</extra>",
    }


def _layout(revision: str, axis: dict[str, Any], traces: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Steps to the right and `axis` upwards."""
    steps = numbered({"title": {"text": "Step"}, "rangemode": "tozero", "zeroline": False}, traces)
    return LAYOUT | {"uirevision": revision, "showlegend": True, "xaxis": steps, "yaxis": numbered(axis, traces)}
