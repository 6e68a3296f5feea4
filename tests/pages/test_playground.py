"""The playground as a visitor without a browser sees it: films in the message, everything in the address."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ssl_core.playground import edits, kept
from ssl_core.playground.cases import CASES
from ssl_core.playground.play import Play
from tests.pages.conftest import problems


@pytest.fixture
def asked(monkeypatch):
    """What the page asks to be trained; it gets one short film, since pages/ computes nothing itself."""
    from ssl_core.playground import play
    from ssl_core.playground.film import film

    monkeypatch.setattr(play, "TRAINING", play.TRAINING | {"steps": 2})
    seen = []

    def short(what, name, knobs=(), tell=lambda share: None):
        seen.append((what, name, dict(knobs)))
        return film(what, name, knobs, tell, frames=2)

    monkeypatch.setattr(kept, "kept_film", short)
    return seen


def scene(test) -> dict:
    """What the plane was told to show, from the message that goes to the browser."""
    (proto,) = [one.proto for one in test.get("bidi_component") if "lab_plane" in one.proto.component_name]
    return json.loads(proto.json)


def address(test) -> dict:
    return {key: test.query_params[key] for key in test.query_params}


def test_it_opens_with_moons_and_an_empty_address(visit, asked):
    test = visit("playground.py")
    assert problems(test) == [] and address(test) == {}
    assert asked == [(Play(), "supervised", {}), (Play(), "fixmatch", {})]
    shown = scene(test)
    assert [film["title"] for film in shown["films"]] == ["Supervised", "FixMatch"]
    assert sum(label >= 0 for label in shown["points"]["label"]) == 6


def test_what_is_set_is_trained_and_stands_in_the_address(visit, asked):
    test = visit("playground.py")
    test.slider(key="plane_labels").set_value(10)
    test.slider(key="plane-fixmatch-threshold").set_value(0.5)
    test.multiselect(key="plane_methods").set_value(["fixmatch"]).run()
    assert asked[-1] == (Play(labels=10), "fixmatch", {"threshold": 0.5})
    there = {"plane_labels": "10", "plane-fixmatch-threshold": "0.5", "plane_methods": "fixmatch"}
    assert address(test) == {"plane_methods": "fixmatch"}  # the others are written by the browser
    again = visit("playground.py", **there)
    assert asked[-1] == (Play(labels=10), "fixmatch", {"threshold": 0.5}) and scene(again)["id"] == scene(test)["id"]


@pytest.mark.parametrize("name", CASES)
def test_a_link_to_a_prepared_world_is_the_world_and_what_is_turned_back_is_turned_back(visit, asked, name):
    case = CASES[name]
    test = visit("playground.py", case=name)
    assert problems(test) == []
    assert {(what, method, *knobs.items()) for what, method, knobs in asked[-len(case.methods) :]} == {
        (case.play, method, *case.knobs.get(method, {}).items()) for method in case.methods
    }
    assert case.text in [box.value for box in test.info]
    test.selectbox(key="case").set_value("moons").run()
    assert {what for what, *_ in asked[-2:]} == {Play()} and not asked[-1][2]
    assert address(test) == {}
    test.selectbox(key="case").set_value(name).run()
    assert asked[-1][0] == case.play and address(test) == ({} if name == "moons" else {"case": name})


def test_points_changed_by_hand_stand_in_the_address_until_they_are_undone(visit, asked):
    test = visit("playground.py")
    test.text_input(key="edits").set_value("azzzz1m03iiii").run()
    shown = scene(test)["points"]
    assert (shown["x"][300], shown["y"][300], shown["label"][300], shown["truth"][300]) == (2, 2, 1, -1)
    assert asked[-1][0].edits == "azzzz1m03iiii"
    assert scene(visit("playground.py", edits="azzzz1m03iiii"))["points"] == shown, "as a link"
    next(button for button in test.button if button.label == "Undo changes (2)").click().run()
    assert asked[-1][0] == Play() and len(scene(test)["points"]["x"]) == 300


def test_another_world_forgets_what_was_changed_by_hand(visit, asked):
    test = visit("playground.py", edits="l001r05")
    assert asked[-1][0].edits == "l001r05"
    test.selectbox(key="world").set_value("three_clouds").run()
    assert asked[-1][0] == Play(world="three_clouds", noise=0.1)
    assert scene(test)["points"]["classes"] == 3


def test_no_label_left_is_one_sentence(visit, asked):
    known = np.flatnonzero(Play().points()[0].label >= 0)
    none = edits.write(edits.change(edits.UNTOUCHED, [["label", int(n), -1] for n in known], 2))
    test = visit("playground.py", edits=none)
    assert [e.value.replace("\\", "") for e in test.error] == [
        "No point has a label, so there is nothing to begin with: give one a class."
    ]
    assert not test.exception


@pytest.mark.parametrize("drawn", ["mixup", "smote"])
def test_mixup_and_smote_are_drawn_into_the_plane(visit, asked, drawn):
    test = visit("playground.py", drawn=drawn)
    assert problems(test) == [] and len(scene(test)["drawn"]) > 9
    assert any("Diamonds" in caption.value for caption in test.caption)
