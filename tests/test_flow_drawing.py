"""The drawing of a step, for every method: complete, nothing on top of anything, small enough for a phone."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest

from ssl_core.figures.flow import flow_drawing, flow_words
from ssl_core.figures.flow_icons import ICON_HEIGHT, ICON_WIDTH, SIGNS
from ssl_core.methods import METHODS
from ssl_core.methods.flow import flow_of

LETTER = 6.2  # pixels of a letter of a title, at most, on average
every_drawing = pytest.mark.parametrize(
    ("name", "across"), [(name, across) for name in METHODS for across in (True, False)]
)


def inside(box, x1, y1, x2, y2):
    """Whether a stretch of an arrow, or a rectangle, passes through the inside of a box."""
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return (
        left < box["x"] + box["width"] - 0.1
        and right > box["x"] + 0.1
        and top < box["y"] + box["height"] - 0.1
        and bottom > box["y"] + 0.1
    )


def on_rim(box, point):
    x, y = point[0] - box["x"], point[1] - box["y"]
    across, up = x in (0, box["width"]), y in (0, box["height"])
    return (across and 0 <= y <= box["height"]) or (up and 0 <= x <= box["width"])


@every_drawing
def test_every_stage_is_a_box_and_all_it_takes_from_an_arrow(name, across):
    stages, drawing = flow_of(name), flow_drawing(flow_of(name), across=across)
    boxes = {box["name"]: box for box in drawing["boxes"]}
    assert list(boxes) == [stage.name for stage in stages]
    taken = [(start, stage.name) for stage in stages for start in stage.after]
    assert len(drawing["arrows"]) == len(taken)
    for (start, end), arrow in zip(taken, drawing["arrows"], strict=True):
        assert on_rim(boxes[start], arrow["points"][0]) and on_rim(boxes[end], arrow["points"][-1]), (start, end)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(arrow["points"])), "slanted"


@every_drawing
def test_nothing_lies_on_anything(name, across):
    drawing = flow_drawing(flow_of(name), across=across)
    for one, other in itertools.combinations(drawing["boxes"], 2):
        corner = other["x"] + other["width"], other["y"] + other["height"]
        assert not inside(one, other["x"], other["y"], *corner), (one["name"], other["name"])
    for arrow, box in itertools.product(drawing["arrows"], drawing["boxes"]):
        for a, b in itertools.pairwise(arrow["points"]):
            assert not inside(box, *a, *b), box["name"]
    ends = [tuple(arrow["points"][place]) for arrow in drawing["arrows"] for place in (0, -1)]
    assert len(set(ends)) == len(ends), "two arrows meet in one point"


@every_drawing
def test_it_fits_and_its_words_do(name, across):
    drawing = flow_drawing(flow_of(name), across=across)
    points = [point for arrow in drawing["arrows"] for point in arrow["points"]]
    points += [(box["x"] + box["width"], box["y"] + box["height"]) for box in drawing["boxes"]]
    assert all(0 < x < drawing["width"] and 0 < y < drawing["height"] for x, y in points)
    assert drawing["width"] <= (1280 if across else 340), "wider than the page, or a phone"
    for box in drawing["boxes"]:
        assert LETTER * len(box["title"]) < box["width"], box["title"]
        assert box["icon"], f"{box['name']} has no sign in ssl_core/figures/flow_icons.py"
    told = [arrow["words"] for arrow in drawing["arrows"] if arrow["words"]]
    assert set(told) == ({"labelled", "unlabelled"} if METHODS[name]().unlabelled_views else set())


@pytest.mark.parametrize("name", METHODS)
def test_it_is_said_as_a_sentence_that_names_every_stage(name):
    words = flow_words(flow_of(name), METHODS[name].title)
    assert METHODS[name].title in words
    assert all(stage.title in words for stage in flow_of(name))


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_stays_in_its_frame(name):
    for tag, facts in SIGNS[name]():
        if tag == "rect":
            assert facts["x"] >= 0 and facts["x"] + facts["width"] <= ICON_WIDTH
            assert facts["y"] >= 0 and facts["y"] + facts["height"] <= ICON_HEIGHT


class Stage(NamedTuple):
    name: str
    after: tuple[str, ...]
    lane: str = "both"
    title: str = "?"
    sentence: str = "?"


def test_a_step_that_nobody_has_thought_of_is_drawn_too():
    """Two branches, one of two stages, and an arrow past two of the straight line."""
    stages = [Stage("a", ()), Stage("b", ("a",)), Stage("c", ("b",)), Stage("d", ("c", "a")), Stage("x", ("a",))]
    stages += [Stage("y", ("a", "x")), Stage("e", ("d", "x", "y", "b")), Stage("f", ("e",))]
    for across in (True, False):
        drawing = flow_drawing(stages, across=across)
        for arrow, box in itertools.product(drawing["arrows"], drawing["boxes"]):
            for a, b in itertools.pairwise(arrow["points"]):
                assert not inside(box, *a, *b), (arrow, box["name"])
