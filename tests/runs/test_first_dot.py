"""Nothing between Start and a run's first dot waits for a clock, or is done for each run that could be done once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ssl_core.runs import pool, runner
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store
from tests.runs.test_runner import Engine

HOUSE = Path(__file__).resolve().parents[2]
MOST = 50  # glances, after which nobody saw anything
ALONE = """
import runpy, sys
import ssl_core.runs.preload
there = set(sys.modules)
runpy.run_module("ssl_core.runs.runner", run_name="__mp_main__")  # as multiprocessing does in every worker
from ssl_core.runs.worker import work
from ssl_core.runs.run import Run
from pathlib import Path
assert work(Path(sys.argv[1]))["state"] == "done"
print(*sorted(name for name in set(sys.modules) - there if name.split(".")[0] in ("ssl_core", "numpy", "PIL")))
"""


class Left(Exception):
    """The test has seen enough of the runner."""


class Watched(Engine):
    """Its waits take no time; `between` is called in each, with how many there were, and says whether a job ended."""

    def __init__(self, between):
        super().__init__()
        self.between, self.waits = between, 0

    def wait(self, seconds):
        self.waits += 1
        assert self.waits < MOST, "the runner looks by the clock alone"
        return self.between(self.waits)


@pytest.fixture
def looking_after(store, monkeypatch):
    """looking_after(engine): the runner of the store, whose next look by the clock never comes, until somebody left."""

    def look(engine):
        monkeypatch.setattr(pool, "Local", lambda: engine)
        monkeypatch.setattr(runner, "LOOK", 1e9)
        with pytest.raises(Left):
            runner.look_after(store, [])

    return look


def test_a_run_that_is_queued_begins_before_the_runners_next_look(store, short, looking_after):
    queued = []

    def between(waits):
        if engine.states:
            raise Left
        if waits == 3:
            queued.append(store.add(short()))
            store.wake()

    engine = Watched(between)
    looking_after(engine)
    assert list(engine.states) == [queued[0].name]


def test_the_place_of_a_job_that_ended_is_taken_before_the_runners_next_look(store, short, looking_after):
    first, second, third = (store.add(short(seed=seed)) for seed in range(3))

    def between(waits):
        if third.name in engine.states:
            raise Left
        write_json(first.folder / "end.json", {"state": "done", "why": ""})
        engine.states[first.name] = "ended"
        return True

    engine = Watched(between)
    looking_after(engine)
    assert list(engine.states) == [first.name, second.name, third.name]


def test_the_first_run_may_begin_while_the_others_are_being_added(store, monkeypatch):
    there = []
    monkeypatch.setattr(Store, "wake", lambda self: there.append(len(self.runs())))
    enqueue(store, Experiment("digits", ["supervised", "fixmatch"], [10, 20], [0], ceiling=True))
    assert there[0] == 1 < len(store.runs())


def test_a_worker_imports_nothing_of_ours_that_could_have_been_imported_once(store, short):
    """Every worker would pay for it, between its birth and its first dot."""
    run = store.add(short("fixmatch", steps=2))
    words = [sys.executable, "-c", ALONE, str(run.folder)]
    said = subprocess.run(words, cwd=HOUSE, capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
    assert said.stderr == "", "runner.log would have that for each worker"
