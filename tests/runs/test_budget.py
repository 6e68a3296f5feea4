"""What an experiment costs, in seconds and in looks at its configurations."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ssl_core.data.catalog import CATALOG
from ssl_core.method_cards import CARDS, MethodCard
from ssl_core.people.asking import Asker
from ssl_core.runs import experiment as room
from ssl_core.runs.budget import fit
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.progress import START, estimate, measured_step, step_seconds

METHODS = ["supervised", "mixmatch", "fixmatch"]


@pytest.fixture
def configured(monkeypatch):
    """A list that grows with every configuration that is built and checked."""
    calls, configure = [], room.configure
    monkeypatch.setattr(room, "configure", lambda *words: calls.append(words) or configure(*words))
    return calls


@pytest.mark.parametrize("budget", [None, 30.0])
def test_a_plan_builds_each_configuration_once(store, configured, budget):
    plan = fit(store, Experiment("digits", METHODS, [10, 20, 40], [0, 1], ceiling=True), budget, 2)
    assert plan.runs == 19
    assert len(configured) <= plan.runs


def test_a_launch_builds_each_configuration_once(store, configured):
    launched = enqueue(store, Experiment("digits", METHODS, [10, 20], [0], ceiling=True))
    assert len(launched.runs) == 7
    assert len(configured) <= 7


@pytest.mark.parametrize("budget", [20.0, 60.0])
def test_what_was_shortened_to_fit_is_what_will_be_run(store, budget):
    wanted = Experiment("digits", METHODS, [10, 20, 40, 100], [0, 1, 2], ceiling=True)
    plan = fit(store, wanted, budget, 2)
    shorter = [config.to_dict() for config in [*plan.experiment.configs(), plan.experiment.ceiling_config()]]
    assert plan.seconds == pytest.approx(estimate(store, shorter, 2))
    assert plan.seconds < fit(store, wanted, None, 2).seconds


def test_runs_side_by_side_share_the_time_but_none_is_faster_than_alone(store, short):
    config = short(steps=1000)
    alone = START + 1000 * step_seconds(store, "digits", "supervised", config["training"])
    assert estimate(store, [config] * 4, 1) == pytest.approx(4 * alone)
    assert estimate(store, [config] * 4, 2) == pytest.approx(2 * alone)
    assert estimate(store, [config] * 4, 64) == pytest.approx(alone)
    assert estimate(store, [], 2) == 0.0


@pytest.mark.parametrize("data", CATALOG)
@pytest.mark.parametrize("method", [*CARDS, "of another version"])
def test_every_method_has_a_time_on_every_data_set(data, method):
    assert 0.0001 < measured_step(data, method) < 1


def test_a_method_without_a_time_of_its_own_takes_its_familys(monkeypatch):
    monkeypatch.setitem(CARDS, "new", MethodCard("New", "#000000", "x", CARDS["vat"].family, "New"))
    kin = [measured_step("shapes", name) for name, card in CARDS.items() if card.family == CARDS["vat"].family]
    assert min(kin) <= measured_step("shapes", "new") <= max(kin)
    assert measured_step("shapes", "new") == pytest.approx(sorted(kin)[len(kin) // 2], rel=0.3)


def test_a_data_set_without_times_takes_those_of_its_size():
    assert (
        measured_step("shapes_snow", "mixmatch")
        == measured_step("cifar10", "mixmatch")
        > measured_step("digits", "mixmatch")
    )


@pytest.mark.parametrize("budget", [None, 15.0])
def test_what_is_trained_already_takes_no_time(store, budget):
    wanted = Experiment("digits", ["supervised", "mixmatch"], [10, 20], [0], ceiling=True)
    before = fit(store, wanted, budget, 2)
    assert "already" not in before.note
    launched = enqueue(store, before.experiment)
    done, *others = launched.runs
    assert fit(store, before.experiment, None, 2).seconds == pytest.approx(before.seconds), "all of them wait"
    end = {"state": "done", "why": "", "step": done.config["training"]["steps"], "seconds": 1.0}
    (done.folder / "end.json").write_text(json.dumps(end))
    more = replace(before.experiment, seeds=[0, 1])
    left = [
        config
        for config in more.plain()
        if (config["method"], config["labels"], config["seed"]) != (done.config["method"], done.config["labels"], 0)
    ]
    plan = fit(store, more, None, 2)
    assert (plan.runs, len(left)) == (9, 8)
    assert plan.seconds == pytest.approx(estimate(store, left, 2))
    assert plan.note == "with 2 at a time; 1 of them is trained already."
    for run in others:
        (run.folder / "end.json").write_text(json.dumps({"state": "done", "why": ""}))
    again = fit(store, before.experiment, 0.1, 2)
    assert (again.seconds, again.note) == (0.0, "trained already."), "nothing to shorten"


def test_what_is_trained_already_is_within_any_limit_of_minutes(store, monkeypatch):
    wanted = Experiment("digits", ["supervised"], [10], [0])
    (run,) = enqueue(store, wanted).runs
    asked = []
    monkeypatch.setattr("ssl_core.runs.budget.asker", lambda: Asker("Anna", teacher=False))
    monkeypatch.setattr("ssl_core.runs.budget.check_asked", lambda store, configs: asked.append(len(configs)))
    other = replace(wanted, seeds=[0, 1])
    fit(store, other, None, 2)
    (run.folder / "end.json").write_text(json.dumps({"state": "done", "why": ""}))
    fit(store, other, None, 2)
    assert asked == [2, 1]
