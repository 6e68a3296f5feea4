"""Neural augmentation and several networks on the Generate page: what they start, show and say."""

from __future__ import annotations

import json

import pytest

from ssl_core.effects import difference_words
from ssl_core.figures.networks import beside_chart, disagreement_chart, networks_chart, networks_words
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.worker import work
from tests.pages.conftest import problems

TINY = {"steps": 4, "batch": 8, "evaluations": 2}
VOTED = [
    {"step": 0, "each_accuracy": [0.1, 0.1], "together_accuracy": 0.1, "disagreement": 1.0},
    {"step": 1, "loss": 1.0},
    {"step": 2, "each_accuracy": [0.5, 0.7], "together_accuracy": 0.65, "disagreement": 0.4},
    {"step": 4, "each_accuracy": [0.8, 0.7], "together_accuracy": 0.9, "disagreement": 0.25},
]


@pytest.mark.parametrize(
    ("subject", "methods"), [("neural", {"neural_augmentation", "supervised"}), ("ensemble", {"ensemble_match"})]
)
def test_start_queues_what_is_compared_with_the_same_budget(visit, store, subject, methods, monkeypatch):
    monkeypatch.setattr("pages.parts.generate.live_runs.ensure_runner", lambda store: None)
    test = visit("generate.py", made_by=subject, data="digits")
    assert problems(test) == []
    test.button(key=f"{subject}_go").click().run()
    assert problems(test) == []
    runs = store.runs()
    assert {run.config["method"] for run in runs} == methods
    assert len({(run.config["labels"], run.config["seed"], run.config["training"]["steps"]) for run in runs}) == 1
    assert test.button(key=f"{subject}_go").disabled, "what is queued is not queued again"
    test.button(key=f"{subject}_stop").click().run()
    assert all(run.state == "stopped" for run in store.runs())


def test_what_each_network_got_right_is_said_and_drawn():
    words = networks_words(VOTED)
    assert "80.0 % and 70.0 %" in words
    assert "on 90.0 %" in words
    assert "on 25.0 % they disagree" in words
    assert "At 2 of 2" in words
    assert "at 1 at least as good as the best" in words
    assert networks_words(VOTED[:2]) == "", "an untrained network has nothing to say"
    first, second, mean = networks_chart(VOTED, "x")["data"]
    assert (first["x"], first["y"]) == ([0, 2, 4], pytest.approx([10, 50, 80]))
    assert mean["y"] == pytest.approx([10, 65, 90])
    assert second["name"] != mean["name"]
    assert disagreement_chart(VOTED, "x")["data"][0]["y"] == pytest.approx([100, 40, 25])


def test_rows_that_anybody_may_have_edited_are_left_out():
    rows = [{"step": 3, "each_accuracy": [0.5, None], "together_accuracy": 0.5}, {"step": 4, "each_accuracy": []}]
    rows += [{"step": 5, "each_accuracy": [0.5], "together_accuracy": None}]
    assert networks_words(rows) == ""
    assert networks_chart(rows, "x")["data"][0]["x"] == []
    uneven = [*VOTED, {"step": 6, "each_accuracy": [0.9], "together_accuracy": 0.9}]
    assert networks_chart(uneven, "x")["data"][1]["x"] == [0, 2, 4]
    assert json.dumps(beside_chart([("supervised", rows), ("gone", rows)], "x"))


def test_with_and_without_is_said_with_what_the_seeds_can_tell():
    assert difference_words([], "with", "without") == ""
    alone = difference_words([(0.9, 0.88)], "with", "without")
    assert alone.startswith("Test accuracy 90.0 % with, 88.0 % without: +2.0 points.")
    assert "One seed" in alone
    assert "cannot be told" in difference_words([(0.9, 0.88), (0.8, 0.84)], "with", "without")
    assert "more than these seeds vary" in difference_words(
        [(0.9, 0.88), (0.91, 0.889), (0.8, 0.781)], "with", "without"
    )


def test_a_finished_comparison_says_its_result_and_shows_its_pictures(visit, store):
    from ssl_core.train.config import defaults

    knobs = {"likeness": "content", "steps": 4} | TINY
    methods = {"neural_augmentation": knobs, "supervised": TINY}
    for run in enqueue(store, Experiment("digits", [*methods], [40], [0], methods)).runs:
        assert work(run.folder)["state"] == "done"
    assert defaults("digits", "neural_augmentation")["likeness"] == "content"
    test = visit("generate.py", made_by="neural", data="digits")
    assert problems(test) == []
