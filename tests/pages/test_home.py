"""The first page: the recorded experiment until there is one of your own, and the button."""

from __future__ import annotations

import json
from pathlib import Path

from pages.parts.shared.pages import in_menus
from ssl_core.methods import METHODS
from ssl_core.runs import defaults
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from tests.pages.conftest import problems

HOUSE = Path(__file__).resolve().parents[2]
RECORDED = json.loads((HOUSE / "assets" / "recorded.json").read_text())


def test_it_shows_the_recorded_experiment_with_its_command(visit):
    test = visit()
    assert problems(test) == []
    assert RECORDED["command"] in test.caption[0].value


def test_the_recorded_experiment_is_the_default_one():
    """Figures shown are figures measured: the file covers what its command says."""
    assert {row["method"] for row in RECORDED["runs"]} >= set(defaults.METHODS)
    assert {row["labels"] for row in RECORDED["runs"]} >= set(defaults.LABELS)
    assert all(row["state"] == "done" and 0 < row["test_accuracy"] <= 1 for row in RECORDED["runs"])
    for method in defaults.METHODS:
        assert method in RECORDED["command"]
        assert method in METHODS


def test_the_button_starts_the_default_experiment_and_goes_to_watch_it(visit, store):
    test = visit()
    test.button[0].click().run()
    assert problems(test) == []
    grid = {(r.config["method"], r.config["labels"]) for r in store.runs() if "role" not in r.config}
    assert grid == {(m, n) for m in defaults.METHODS for n in defaults.LABELS}
    assert test.title[0].value == "Training"


def captions(test) -> str:
    return " ".join(caption.value for caption in test.caption)


def chart_words(test) -> str:
    """What the chart says to whoever cannot see it."""
    charts = [json.loads(part.proto.bytes) for part in test.get("bidi_component") if part.proto.bytes]
    return " ".join(chart["alt"] for chart in charts if "alt" in chart)


def test_after_stop_all_it_says_so_and_keeps_the_recorded_chart(visit, store):
    recorded = chart_words(visit())
    launched = enqueue(store, Experiment("digits", ["supervised"], [10, 20], [0]))
    for run in launched.runs:
        run.stop()
    test = visit()
    assert problems(test) == []
    assert "2 runs: 2 stopped" in captions(test)
    assert "finished" not in captions(test) and "moving" not in captions(test)
    assert chart_words(test) == recorded
    assert RECORDED["command"] in captions(test)


def test_an_experiment_with_a_finished_run_is_shown_with_what_became_of_the_others(visit, store):
    recorded = chart_words(visit())
    launched = enqueue(store, Experiment("digits", ["supervised"], [10, 20], [0]))
    test = visit()
    assert "2 runs: 2 waiting. Hollow dots are still moving." in captions(test)
    write_json(
        launched.runs[0].folder / "end.json",
        {"state": "done", "why": "", "step": 9, "seconds": 1.0, "test_accuracy": 0.5},
    )
    launched.runs[1].stop()
    test = visit()
    assert problems(test) == []
    assert "your last experiment, 2 runs: 1 finished, 1 stopped." in captions(test)
    assert "moving" not in captions(test)
    assert chart_words(test) != recorded


def test_every_other_page_is_linked_with_what_it_is_for(visit):
    test = visit()
    for entry in in_menus()[1:]:
        assert entry.title in [link.proto.label for link in test.get("page_link")]
        assert entry.about in captions(test)


def test_your_own_pictures_are_offered_beside_the_default_experiment(visit):
    test = visit()
    test.button(key="home_own").click().run()
    assert problems(test) == []
    assert test.title[0].value == "Your pictures"
