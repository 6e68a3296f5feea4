"""The board that a class sees: everybody's way to accuracy against labels, their mean, and who is ahead.

One drawing for runs and for Label's game.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import log10
from typing import Any, NamedTuple

from ssl_core.figures.look import LAYOUT, below, faded, looks, percent
from ssl_core.lines import line_of
from ssl_core.method_cards import AMBER, BLUE, BROWN, GREEN, GREY, PINK, RUST, SKY
from ssl_core.tasks import value_of

PEOPLE = (BLUE, RUST, GREEN, PINK, AMBER, SKY, BROWN, GREY)
DASHES = ("solid", "dash", "dot", "dashdot")  # eight colours and four dashes tell thirty-two people apart
QUIET = "#8a8f98"  # seen on white and on black
MEAN = "Class mean"
SHORT = 16  # letters of a name in the chart; the list beside it has it whole
WHERE = ("top right", "middle right", "bottom right")  # of a name at the end of its line: of the best the highest
Rows = Sequence[Mapping[str, Any]]  # as ssl_core.runs.progress.describe makes them


class Line(NamedTuple):
    """One line: a person's way, or the mean of several and where most of them lie.

    points: labels and the accuracy 0..1; band: labels, low and high, () for none. live: at which labels it still moves.
    """

    title: str
    points: Sequence[tuple[int, float]]
    colour: str
    marker: str = "circle"
    dash: str = "solid"
    person: bool = False
    band: Sequence[tuple[int, float, float]] = ()
    live: Collection[int] = ()


class Across(NamedTuple):
    """The axis of labels: its words, its ends, and where it is logarithmic the counts that stand on it."""

    title: str
    ends: tuple[float, float]
    log: Sequence[int] = ()


def person_line(name: str, place: int, points: Sequence[tuple[int, float]], live: Collection[int] = ()) -> Line:
    """A player's, the `place`th of all."""
    dash = DASHES[place // len(PEOPLE) % len(DASHES)]
    return Line(name, points, PEOPLE[place % len(PEOPLE)], "circle", dash, person=True, live=live)


def people_lines(groups: Mapping[str, Rows]) -> list[Line]:
    """A line for each person: at each number of labels the best of their runs; `live` where that still trains."""
    lines = []
    for place, (name, rows) in enumerate(groups.items()):
        best: dict[int, tuple[float, bool]] = {}
        for row in rows:
            if (value := value_of(row)) is not None:
                best[row["labels"]] = max(best.get(row["labels"], (-1.0, False)), (value, row["state"] == "done"))
        points = [(labels, value) for labels, (value, _) in sorted(best.items())]
        lines.append(person_line(name, place, points, {labels for labels, (_, over) in best.items() if not over}))
    return lines


def method_lines(rows: Rows) -> list[Line]:
    """A line for each method or variant of one experiment: the mean of its seeds, in the method's own colour."""
    lines = []
    for line, (title, colour, marker) in looks(map(line_of, rows)).items():
        values: dict[int, list[float]] = defaultdict(list)
        mine = [row for row in rows if line_of(row) == line and value_of(row) is not None]
        for row in mine:
            values[row["labels"]].append(value_of(row))
        points = [(labels, sum(each) / len(each)) for labels, each in sorted(values.items())]
        live = {row["labels"] for row in mine if row["state"] != "done"}
        lines.append(Line(title, points, colour, marker, person=True, live=live))
    return lines


def mean_line(lines: Sequence[Line]) -> Line:
    """The mean of all people at each number of labels that at least two of them have reached."""
    values: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        for labels, share in line.points if line.person else ():
            values[labels].append(share)
    points = [(labels, sum(each) / len(each)) for labels, each in sorted(values.items()) if len(each) > 1]
    return Line(MEAN, points, QUIET, "diamond")


def best_point(lines: Sequence[Line]) -> tuple[Line, int, float] | None:
    """The best that anybody has reached, with the fewest labels: whose, labels, share."""
    points = [(line, labels, share) for line in lines if line.person for labels, share in line.points]
    return max(points, key=lambda point: (point[2], -point[1]), default=None)


def across_counts(lines: Sequence[Line]) -> Across:
    """The axis of the labels that any of these lines has; room on the right for names."""
    counts = sorted({labels for line in lines for labels, _ in line.points}) or [10, 100]
    room = max(1.3, (counts[-1] / counts[0]) ** 0.3)
    return Across("Labelled pictures (log scale)", (0.85 * counts[0], room * counts[-1]), counts)


def board_chart(
    lines: Sequence[Line],
    across: Across,
    *,
    chance: float | None,
    ceiling: float | None = None,
    key: str,
    size: int,
    named: Sequence[str] = (),
) -> dict[str, Any]:
    """All lines; those `named` have their names at their ends, the other people stand nowhere.

    `size`: of the letters, in pixels. `key` keeps zoom and hidden legend entries.
    """
    axis = {"zeroline": False, "tickfont": {"size": size}}
    title = {"font": {"size": size}}
    ends = [log10(end) for end in across.ends] if across.log else list(across.ends)
    layout = LAYOUT | {
        "uirevision": key,
        "margin": {"l": 30 + 2.1 * size, "r": 36, "t": 12, "b": 20 + 2.2 * size},
        "xaxis": axis | {"title": title | {"text": across.title}, "range": ends},
        "yaxis": axis | {"title": title | {"text": "Test accuracy (%)"}, "range": [0, 104]},
        "legend": LAYOUT["legend"] | {"font": {"size": max(12, size - 3)}},
    }
    if across.log:
        counts = {"tickvals": list(across.log), "ticktext": [f"{count:,}" for count in across.log]}
        layout["xaxis"] |= {"type": "log"} | counts
    quiet = [(chance, "guessing", "dot", below(chance)), (ceiling, "every label", "dash", "bottom")]
    drawn = [_quiet_line(level, *facts, size) for level, *facts in quiet if level is not None]
    layout |= {"shapes": [line for line, _ in drawn], "annotations": [words for _, words in drawn]}
    traces = [trace for line in lines if line.points for trace in _traces(line, size, _place(line.title, named))]
    return {"data": traces, "layout": layout}


def _quiet_line(level: float, text: str, dash: str, anchor: str, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * level, "y1": 100 * level}
    words = {"text": f"{text} {percent(level)}", "xref": "paper", "x": 1, "y": 100 * level, "showarrow": False}
    line = across | {"line": {"color": "rgba(128,128,128,0.8)", "width": 1, "dash": dash}}
    return line, words | {"xanchor": "right", "yanchor": anchor, "font": {"size": size - 2}}


def _place(title: str, named: Sequence[str]) -> str:
    """Where the name stands, for one that is named."""
    return WHERE[named.index(title) % len(WHERE)] if title in named else ""


def _traces(line: Line, size: int, place: str) -> list[dict[str, Any]]:
    x, y = [labels for labels, _ in line.points], [100 * share for _, share in line.points]
    mean = line.title == MEAN and not line.person
    traces: list[dict[str, Any]] = []
    if line.band:
        places = [labels for labels, _, _ in line.band]
        high, low = ([100 * bound[part] for bound in line.band] for part in (2, 1))
        band = {"x": [*places, *reversed(places)], "y": [*high, *reversed(low)], "fill": "toself"}
        quiet = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        traces.append({"type": "scatter", "legendgroup": line.title} | band | quiet)
        traces[-1]["fillcolor"] = faded(line.colour, 0.18)
    width = size / 2.5 if mean else size / 4.5 if line.person else 1.5
    symbols = [f"{line.marker}-open" if labels in line.live else line.marker for labels in x]
    dots = {"symbol": symbols, "size": size / 1.6 if line.person or mean else 7}
    dots |= {"line": {"width": max(2, size / 10), "color": line.colour}} if line.live else {}
    drawn = {"color": line.colour, "width": width, "dash": line.dash}
    facts = {"x": x, "y": y, "name": line.title, "legendgroup": line.title, "line": drawn, "marker": dots}
    says = {"hovertemplate": "%{x} labels: %{y:.1f} %", "mode": "lines+markers"}
    if place:
        short = line.title if len(line.title) <= SHORT else f"{line.title[: SHORT - 1]}…"
        ends = {"text": [""] * (len(x) - 1) + [short], "textposition": place}
        says |= ends | {"mode": "lines+markers+text", "cliponaxis": False}
        says["textfont"] = {"size": size + 2}
    return [*traces, {"type": "scatter", "showlegend": not line.person} | facts | says]


def ranked(lines: Sequence[Line]) -> list[Line]:
    """Those that reached something, the best last place of its way first; equal ones by fewer labels."""
    return sorted((line for line in lines if line.points), key=lambda line: (-line.points[-1][1], line.points[-1][0]))


def at_the_end(lines: Sequence[Line], most: int) -> list[str]:
    """The best people whose lines reach as far as any: behind their ends there is room for a name."""
    people = ranked([line for line in lines if line.person])
    end = max((line.points[-1][0] for line in people), default=0)
    return [line.title for line in people if line.points[-1][0] == end][:most]


def board_words(lines: Sequence[Line], what: str) -> str:
    """The ends of all lines, for whoever does not see them; `what` is drawn."""
    ends = [f"{line.title} {percent(line.points[-1][1])} with {line.points[-1][0]}" for line in ranked(lines)]
    said = "; ".join(ends) if ends else "nothing yet"
    return f"{what}: {said}."
