"""Going on and repeating queue what they say, and nothing else."""

from __future__ import annotations

import pytest

from ssl_core.runs import runner
from ssl_core.runs.again import other_seeds, repeat, resume
from ssl_core.runs.files import write_json


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch):
    monkeypatch.setattr(runner, "ensure_runner", lambda store: store.wake())


def test_other_seeds_are_new_ones_of_the_same_configuration(store, short):
    runs = [store.add(short(seed=seed)) for seed in (0, 2)]
    store.add(short(seed=1, method="fixmatch"))  # another configuration
    made = other_seeds(store.runs(), runs[0], 3)
    assert [config["seed"] for config in made] == [1, 3, 4]
    assert all(config["knobs"] == runs[0].config["knobs"] for config in made)


def test_repeating_queues_new_runs_of_the_same_experiment(store, short):
    run = store.add(short() | {"experiment": "digits-1"})
    made = repeat(store, run, 2)
    assert [r.state for r in made] == ["queued"] * 2
    assert [r.name for r in store.of_experiment("digits-1")] == [run.name, *(r.name for r in made)]


@pytest.mark.parametrize("state", ["done", "stopped", "failed", "lost"])
def test_only_what_ended_early_goes_on(store, short, state):
    run = store.add(short())
    (run.folder / "lock").touch()
    write_json(run.folder / "end.json", {"state": state, "why": ""})
    assert resume(store, [run]) == (state != "done")
    assert run.state == ("done" if state == "done" else "queued")
