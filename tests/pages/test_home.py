"""The first page: the recorded experiment until there is one of your own, and the button."""

from __future__ import annotations

import json
from pathlib import Path

from ssl_core.methods import METHODS
from ssl_core.runs import defaults
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
