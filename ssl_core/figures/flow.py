"""A step of a method as a small drawing: a box a stage in the order things happen, an arrow for all it takes from.

The stages are declared (ssl_core/methods/flow.py); where boxes and arrows lie follows from them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ssl_core.figures.flow_icons import ICON_HEIGHT, ICON_WIDTH, icon
from ssl_core.figures.flow_places import Places, Way, places_of

Point = tuple[float, float]


class Measures(NamedTuple):
    """Pixels: of a box along the way and across it, of the gap to the next, of the way beside for an arrow.

    `words` is what the first gap is longer, so that whose pictures go on can be written there.
    """

    along: float
    aside: float
    gap: float
    lane: float
    words: float


ACROSS = Measures(104, 64, 30, 24, 44)  # a screen: from left to right
DOWN = Measures(54, 112, 24, 26, 4)  # a phone: from top to bottom
EDGE = 6.0  # around everything
APART = 16.0  # between arrows that begin or end on one side of a box


def flow_drawing(stages: Sequence[Any], *, across: bool = True) -> dict[str, Any]:
    """Plain values: width and height, `boxes` with place, title, sentence and icon, `arrows` with corners and words.

    A stage has name, title, sentence, lane and after; `across` from left to right, else from top to bottom.
    """
    size, places = ACROSS if across else DOWN, places_of(stages)
    middles = _middles(places, size)
    turn = (lambda u, v: (u, v)) if across else (lambda u, v: (v, u))
    wide, high = turn(size.along, size.aside)
    boxes = []
    for stage in stages:
        x, y = turn(_begin(places.column[stage.name], size), middles[places.row[stage.name]] - size.aside / 2)
        facts = {"name": stage.name, "title": stage.title, "sentence": stage.sentence, "lane": stage.lane}
        sign = icon(stage.name, x + (wide - ICON_WIDTH) / 2, y + 8)
        boxes.append(facts | {"x": x, "y": y, "width": wide, "height": high, "icon": sign})
    arrows, shift = [], _shifts(places)
    for way in places.ways:
        corners = [turn(*point) for point in _corners(way, places, size, middles, shift)]
        arrows.append({"points": corners, "words": way.words, "at": _word_place(corners)})
    length = _begin(max(places.column.values()), size) + size.along + EDGE
    breadth = max(middles.values()) + EDGE + (size.aside / 2 if _is_box(max(middles), places) else size.lane / 2)
    width, height = turn(length, breadth)
    return {"width": width, "height": height, "boxes": boxes, "arrows": arrows, "title_at": ICON_HEIGHT + 24}


def flow_words(stages: Sequence[Any], title: str) -> str:
    """The drawing as a sentence: what comes after what."""
    names = {stage.name: stage.title for stage in stages}
    steps = [
        f"{stage.title} (from {' and '.join(names[one] for one in stage.after)})" if stage.after else stage.title
        for stage in stages
    ]
    return f"A step of {title}: {', '.join(steps)}."


def _is_box(row: int, places: Places) -> bool:
    return row in places.row.values()


def _middles(places: Places, size: Measures) -> dict[int, float]:
    """Where the middle of each row is: rows with boxes are broad, those of arrows alone narrow."""
    rows = {*places.row.values(), *(way.row for way in places.ways)}
    middles, at = {}, EDGE
    for row in range(min(rows), max(rows) + 1):
        breadth = size.aside if _is_box(row, places) else size.lane
        middles[row] = at + breadth / 2
        at += breadth + (size.gap / 2 if _is_box(row, places) or _is_box(row + 1, places) else 0)
    return middles


def _begin(column: int, size: Measures) -> float:
    return EDGE + column * (size.along + size.gap) + (size.words if column else 0)


def _shifts(places: Places) -> dict[tuple[Way, bool], float]:
    """How far from the middle of its box's side an arrow begins (True) or ends, so that no two lie on each other.

    What ends comes from before and stands before what begins; of those that end the outermost comes last, of those
    that begin it leaves first: so they do not cross.
    """
    sides: dict[tuple[str, bool], list[tuple[Way, bool]]] = {}
    for way in places.ways:
        for name, begins in ((way.end, False), (way.start, True)):
            if way.row != places.row[name]:
                sides.setdefault((name, way.row > places.row[name]), []).append((way, begins))
    shift = {}
    for touching in sides.values():
        touching.sort(key=lambda one: (one[1], -abs(one[0].row) if one[1] else abs(one[0].row)))
        for place, one in enumerate(touching):
            shift[one] = APART * (place - (len(touching) - 1) / 2)
    return shift


def _corners(
    way: Way, places: Places, size: Measures, middles: dict[int, float], shift: dict[tuple[Way, bool], float]
) -> list[Point]:
    """Where an arrow begins, turns and ends, as (along, aside)."""
    (a, from_row), (b, to_row) = ((places.column[name], places.row[name]) for name in (way.start, way.end))
    begin, end = _begin(a, size), _begin(b, size)
    middle = middles[way.row]

    def rim(row: int) -> float:
        return middles[row] + (size.aside / 2 if way.row > row else -size.aside / 2)

    out = (begin + size.along, middles[from_row])
    into = (end, middles[to_row])
    if way.row == from_row == to_row:
        return [out, into]
    left = begin + size.along / 2 + shift.get((way, True), 0)
    came = end + size.along / 2 + shift.get((way, False), 0)
    leaves = [out] if way.row == from_row else [(left, rim(from_row)), (left, middle)]
    comes = [into] if way.row == to_row else [(came, middle), (came, rim(to_row))]
    return [*leaves, *comes]


def _word_place(corners: list[Point]) -> dict[str, Any]:
    """Where an arrow's words stand: on its longest stretch, turned where that runs down for long."""
    pairs = list(zip(corners, corners[1:], strict=False))
    (x1, y1), (x2, y2) = max(pairs, key=lambda pair: abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1]))
    if x1 == x2:
        long = abs(y2 - y1) > 80
        return {
            "x": x1 + (-4 if long else 7),
            "y": (y1 + y2) / 2 + (0 if long else 2),
            "turned": long,
            "beside": not long,
        }
    return {"x": (x1 + x2) / 2, "y": y1 - 5, "turned": False, "beside": False}
