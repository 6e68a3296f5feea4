"""The page that answers Start: controls first, and a moment for the first look, where a run begins now."""

from __future__ import annotations

import pytest

from pages.parts.training import first_look as room
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import Journal
from ssl_core.runs.store import Store

METHODS = ["supervised", "mixmatch"]
LOOK = {"step": 0, "images": 0, "seconds": 0.0, "test_accuracy": 0.1}


@pytest.fixture
def queued(tmp_path, monkeypatch):
    """(store, id of an experiment that waits); a runner looks after it, and there is time without end."""
    monkeypatch.setattr(room, "tend", lambda store: "there")
    monkeypatch.setattr(room, "MOMENT", 1e9)
    store = Store(tmp_path / "runs")
    return store, enqueue(store, Experiment("digits", METHODS, [10], [0])).id


@pytest.fixture
def glances(queued, monkeypatch):
    """How often the page has glanced; the first look at a network has been written after three."""
    store, experiment = queued
    seen = []

    def sleep(seconds):
        seen.append(seconds)
        assert len(seen) < 10, "it waits for something else"
        if len(seen) == 3:
            with Journal(store.of_experiment(experiment)[1].folder / "metrics.jsonl") as journal:
                journal.write(LOOK)

    monkeypatch.setattr(room.time, "sleep", sleep)
    return seen


def test_it_waits_for_the_first_look_at_any_of_the_runs(queued, glances):
    room.await_first_look(*queued)
    assert len(glances) == 3
    room.await_first_look(*queued)
    assert len(glances) == 3, "it is there"


def test_it_waits_while_a_worker_of_its_own_is_at_work(queued, glances):
    store, experiment = queued
    with store.of_experiment(experiment)[0].lock():
        room.await_first_look(store, experiment)
    assert len(glances) == 3


def test_a_moment_is_all(queued, glances, monkeypatch):
    monkeypatch.setattr(room, "MOMENT", 0.0)
    room.await_first_look(*queued)
    assert glances == []


@pytest.mark.parametrize("state", ["queued", "running"])
def test_where_others_come_first_nobody_waits(queued, glances, state):
    store, first = queued
    second = enqueue(store, Experiment("digits", METHODS, [20], [0])).id
    if state == "queued":
        room.await_first_look(store, second)
    else:
        with store.of_experiment(second)[0].lock():
            room.await_first_look(store, first)
    assert glances == []


@pytest.mark.parametrize("care", ["starting", "failing", OSError("out of reach")])
def test_without_a_runner_nobody_waits(queued, glances, monkeypatch, care):
    def tend(store):
        if isinstance(care, str):
            return care
        raise care

    monkeypatch.setattr(room, "tend", tend)
    room.await_first_look(*queued)
    assert glances == []


def test_without_an_experiment_nobody_waits(queued, glances):
    for experiment in (None, "none"):
        room.await_first_look(queued[0], experiment)
    assert glances == []


def test_only_the_page_that_answers_start_waits_and_has_its_controls_by_then(visit, store, monkeypatch):
    from pages.parts.training import experiment_view, form

    happened = []

    def heard(module, name):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *of, **more: (happened.append(name), real(*of, **more))[1])

    for module, name in ((experiment_view, "experiment_view"), (form, "experiment_form"), (room, "await_first_look")):
        heard(module, name)
    test = visit("training.py", methods="Supervised", labels="10")
    assert happened == ["experiment_view", "experiment_form"]
    happened.clear()
    test.button(key="start").click().run()
    assert happened == ["experiment_form", "await_first_look", "experiment_view"]
    happened.clear()
    test.run()
    assert happened == ["experiment_view", "experiment_form"]
