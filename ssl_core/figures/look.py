"""Colours, names and numbers as they look in every chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any

from ssl_core.lines import Line
from ssl_core.maker_cards import MAKER_CARDS
from ssl_core.method_cards import AMBER, BLUE, BROWN, CARDS, GREEN, GREY, MARKERS, PINK, RUST, SKY

SPARE = ((GREEN, "star"), (AMBER, "pentagon"), (SKY, "hexagon"), (BROWN, "cross"))  # for a method that is gone

COLOURS = (BLUE, RUST, GREEN, AMBER, PINK, SKY, BROWN, GREY)  # in which variants of one method are told apart

MOST_NAMED, LONGEST_NAME = 25, 18  # classes along an axis, letters of a name
ROOM = 36  # letters of all names that fit side by side under a phone's chart

LAYOUT: dict[str, Any] = {
    "template": None,
    "margin": {"l": 56, "r": 36, "t": 12, "b": 48},
    "modebar": {"orientation": "v", "bgcolor": "rgba(0,0,0,0)"},  # in the right margin, where it covers nothing
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
    "hovermode": "closest",
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}


def look(method: str) -> tuple[str, str, str]:
    """(name, colour, marker) of a method, also of one that an old run was made with and that is no longer here."""
    if card := CARDS.get(method) or MAKER_CARDS.get(method):
        return card[:3]
    colour, marker = SPARE[sum(map(ord, method)) % len(SPARE)]
    return method.replace("_", " ").capitalize(), colour, marker


def looks(lines: Iterable[Line]) -> dict[Line, tuple[str, str, str]]:
    """(name, colour, marker) of each line of one chart: a method has its own, its variants colours that are free."""
    lines = list(dict.fromkeys(lines))
    drawn = {line: (line.title, *look(line.method)[1:]) for line in lines if not line.variant}
    taken = [colour for _, colour, _ in drawn.values()]
    for line in (line for line in lines if line.variant):
        _, colour, marker = look(line.method)
        if colour in taken or marker in [other for _, _, other in drawn.values()]:
            free = [one for one in COLOURS if one not in taken] or COLOURS
            colour = min(free, key=lambda one: (taken.count(one), COLOURS.index(one)))
            pairs = {(c, m) for _, c, m in drawn.values()}
            turned = MARKERS[len(drawn) % len(MARKERS) :] + MARKERS[: len(drawn) % len(MARKERS)]
            marker = next((one for one in turned if (colour, one) not in pairs), marker)
        drawn[line] = line.title, colour, marker
        taken.append(colour)
    return {line: drawn[line] for line in lines}


def faded(colour: str, alpha: float) -> str:
    """The same colour, see-through."""
    return f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},{alpha})"


def numbered(axis: dict[str, Any], traces: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """An axis, without numbers while nothing is drawn along it: Plotly would make some up."""
    drawn = "range" in axis or any(len(trace["x"]) for trace in traces)
    return axis if drawn else axis | {"showticklabels": False}


def class_axis(names: Sequence[str], title: str = "Class", *, upright: bool = False) -> dict[str, Any]:
    """An axis of classes whatever they are called: long names are shortened, of very many every so many is written.

    `upright` is for an axis whose names stand one above the other.
    """
    shown = [*names[:: -(-len(names) // (MOST_NAMED if upright else MOST_NAMED // 2)) or 1]]
    short = [shortened(name) for name in shown]
    slanted = not upright and sum(len(name) + 2 for name in short) > ROOM
    ticks = {"tickvals": shown, "ticktext": short, "tickangle": -35 if slanted else 0, "automargin": True}
    return ticks | {"title": {"text": title}, "type": "category"}


def shortened(name: str, longest: int = LONGEST_NAME) -> str:
    """A class's name with an ellipsis where it is too long to stand beside a chart."""
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


def below(chance: float | None) -> str:
    """Where the words of a line at `chance` are anchored: under it, where no curve runs, if there is room."""
    return "top" if chance is not None and chance > 0.06 else "bottom"


def stacked(names: Sequence[str], width: int = 12) -> dict[str, Any]:
    """Ticks of an axis of few names, in short lines: side by side on a phone they run into each other."""
    return {"tickvals": [*names], "ticktext": ["<br>".join(wrap(name, width)) for name in names]}


def percent(share: float | None) -> str:
    """0.9534 as 95.3 %."""
    return "–" if share is None else f"{100 * share:.1f} %"


def duration(seconds: float | None) -> str:
    """Seconds as a person says them: 8 s, 2 min 5 s, 1 h 10 min."""
    if seconds is None:
        return "–"
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
