"""A budget of labels spent by people and by the machine's orders: what each reached, on one chart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from ssl_core.figures.look import LAYOUT, faded, percent
from ssl_core.method_cards import AMBER, BLUE, BROWN, GREEN, GREY, PINK, RUST, SKY

PEOPLE = (BLUE, RUST, GREEN, PINK, AMBER, SKY, BROWN, GREY)
DASHES = ("solid", "dash", "dot", "dashdot")  # eight colours and four dashes tell thirty-two people apart
BAND = (0.05, 0.95)  # of the sessions of one order, between the lowest and the highest: nine in ten of twenty


class Line(NamedTuple):
    """One line: a person's way, or the mean of an order's sessions and where most of them lie.

    points: labels spent and the accuracy 0..1; band: labels, low and high, () for none.
    """

    title: str
    points: Sequence[tuple[int, float]]
    colour: str
    marker: str = "circle"
    dash: str = "solid"
    person: bool = False
    band: Sequence[tuple[int, float, float]] = ()


def person_line(name: str, place: int, points: Sequence[tuple[int, float]]) -> Line:
    """A player's, the `place`th of all."""
    dash = DASHES[place // len(PEOPLE) % len(DASHES)]
    return Line(name, points, PEOPLE[place % len(PEOPLE)], "circle", dash, person=True)


def order_line(
    title: str, colour: str, marker: str, sessions: Sequence[Sequence[tuple[int, float]]], *, band: bool
) -> Line:
    """The mean of an order's sessions, each a list of points at the same numbers of labels."""
    rounds = list(zip(*sessions, strict=True))
    mean = [(points[0][0], sum(share for _, share in points) / len(points)) for points in rounds]
    spread = [(points[0][0], *_between(sorted(share for _, share in points))) for points in rounds] if band else ()
    return Line(title, mean, colour, marker, "dot", band=spread)


def _between(shares: Sequence[float]) -> tuple[float, float]:
    low, high = (shares[round(part * (len(shares) - 1))] for part in BAND)
    return low, high


def game_chart(
    lines: Sequence[Line], budget: int, *, chance: float, key: str, large: bool = False, named: Collection[str] = ()
) -> dict[str, Any]:
    """All lines against labels spent; those `named` have their names at their ends, the other people stand nowhere.

    `large`: letters that are read from the back row. `key` keeps zoom and hidden legend entries.
    """
    size = 20 if large else 13
    axis = {"zeroline": False, "tickfont": {"size": size}}
    layout = LAYOUT | {
        "uirevision": key,
        "margin": {"l": 72 if large else 56, "r": 36, "t": 12, "b": 64 if large else 48},
        "xaxis": axis | {"title": {"text": "Labels spent", "font": {"size": size}}, "range": [0, 1.22 * budget]},
        "yaxis": axis | {"title": {"text": "Test accuracy (%)", "font": {"size": size}}, "range": [0, 104]},
        "legend": LAYOUT["legend"] | {"font": {"size": size - 3 if large else 12}},
    }
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * chance, "y1": 100 * chance}
    layout["shapes"] = [across | {"line": {"color": "rgba(128,128,128,0.8)", "width": 1, "dash": "dot"}}]
    words = {"text": f"guessing {percent(chance)}", "xref": "paper", "x": 1, "y": 100 * chance, "showarrow": False}
    layout["annotations"] = [words | {"xanchor": "right", "yanchor": "bottom", "font": {"size": size - 2}}]
    traces = [trace for line in lines if line.points for trace in _traces(line, size, line.title in named)]
    return {"data": traces, "layout": layout}


def _traces(line: Line, size: int, named: bool) -> list[dict[str, Any]]:
    x, y = [labels for labels, _ in line.points], [100 * share for _, share in line.points]
    traces: list[dict[str, Any]] = []
    if line.band:
        places = [labels for labels, _, _ in line.band]
        high, low = ([100 * bound[part] for bound in line.band] for part in (2, 1))
        band = {"x": [*places, *reversed(places)], "y": [*high, *reversed(low)], "fill": "toself"}
        quiet = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        traces.append({"type": "scatter", "legendgroup": line.title} | band | quiet)
        traces[-1]["fillcolor"] = faded(line.colour, 0.18)
    drawn = {"color": line.colour, "width": size / 4.5 if line.person else 1.5, "dash": line.dash}
    dots = {"symbol": line.marker, "size": size / 1.6 if line.person else 7}
    facts = {"x": x, "y": y, "name": line.title, "legendgroup": line.title, "line": drawn, "marker": dots}
    says = {"hovertemplate": "%{x} labels: %{y:.1f} %", "mode": "lines+markers"}
    if named:
        ends = {"text": [""] * (len(x) - 1) + [line.title], "textposition": "middle right"}
        says |= ends | {"mode": "lines+markers+text", "cliponaxis": False}
        says["textfont"] = {"size": size + 2}
    return [*traces, {"type": "scatter", "showlegend": not line.person} | facts | says]


def ranked(lines: Sequence[Line]) -> list[Line]:
    """Those that reached something, the best last place of its way first; equal ones by fewer labels."""
    return sorted((line for line in lines if line.points), key=lambda line: (-line.points[-1][1], line.points[-1][0]))


def game_words(lines: Sequence[Line], budget: int) -> str:
    """The ends of all lines, for whoever does not see them."""
    ends = [f"{line.title} {percent(line.points[-1][1])} with {line.points[-1][0]}" for line in ranked(lines)]
    said = "; ".join(ends) if ends else "nothing yet"
    return f"Test accuracy against labels spent, of {budget} at most: {said}."
