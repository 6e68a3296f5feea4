"""A runner that is gone is noticed by whoever looks next, started again once, and ever more slowly where it dies."""

from __future__ import annotations

import os
import shutil

import pytest

from ssl_core.people.classroom import Classroom
from ssl_core.runs import ensure, runner
from ssl_core.runs.ensure import GONE, STARTING, _Keeper
from ssl_core.runs.files import kernel_lock
from ssl_core.runs.progress import describe
from ssl_core.runs.queue import ahead
from ssl_core.runs.waiting import CARE, stuck, why_waiting


class Process:
    """A runner that was started."""

    returncode = None

    def poll(self):
        return self.returncode


@pytest.fixture
def world(monkeypatch, store):
    """world.look() is what a page that looks finds; world.now is the steady clock, world.started the runners."""

    class World:
        now, started, keeper = 1000.0, [], _Keeper()

        def look(self):
            return self.keeper.tend(store.root)

        def works(self):
            """As look, while a runner has the lock."""
            with kernel_lock(store.root / "runner.lock"):
                return self.look()

    made = World()
    made.started = []
    monkeypatch.setattr(ensure.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(ensure, "_start", lambda root: made.started.append(Process()) or made.started[-1])
    return made


def test_a_page_that_looks_every_second_starts_one_runner(world):
    assert [world.look() for _ in range(5)] == ["starting"] * 5
    assert len(world.started) == 1
    assert world.works() == "there"
    assert len(world.started) == 1


def test_a_runner_that_died_is_replaced_at_the_next_look_and_that_is_said(world):
    world.look()
    assert world.works() == "there"
    world.started[0].returncode = -9
    world.now += 1
    assert [world.look() for _ in range(3)] == ["restarted"] * 3
    assert len(world.started) == 2
    assert world.works() == "there"


def test_a_runner_of_another_server_that_died_is_replaced(world):
    assert world.works() == "there"
    world.now += 1
    assert world.look() == "restarted"
    assert len(world.started) == 1


def test_a_runner_that_left_because_there_was_nothing_to_do_had_not_died(world):
    world.works()
    world.now += GONE + 1
    assert world.look() == "starting"


def test_a_runner_on_its_way_out_does_not_keep_the_next_one_from_starting(world):
    world.look()
    world.works()
    world.now += 100
    world.look()
    assert len(world.started) == 2, "the first still runs, but it has let go of the lock"


def test_one_that_hangs_before_it_has_the_lock_is_not_waited_for_for_ever(world):
    world.look()
    world.now += STARTING + 1
    world.look()
    assert len(world.started) == 2


def test_runners_that_die_at_once_are_started_ever_more_slowly_and_it_is_said(world):
    seen = []
    for _ in range(600):
        seen.append(world.look())
        world.started[-1].returncode = 1
        world.now += 1.0
    assert seen[-1] == "failing"
    assert 8 < len(world.started) < 20, "not six hundred"
    assert world.works() == "there", "somebody has put it right"
    world.now += 1
    assert world.look() == "restarted"


def rows_of(store):
    return [describe(run) for run in store.runs()]


@pytest.fixture
def care(monkeypatch):
    """care[0] is what became of the runner."""
    answer = ["there"]
    monkeypatch.setattr(runner, "tend", lambda store: answer[0])
    return answer


def test_what_waits_is_told_its_place(store, short, care):
    others = [store.add(short(seed=seed)) for seed in range(3)]
    mine = [store.add(short(seed=seed)) for seed in range(3, 5)]
    later = store.add(short(seed=9))
    rows = [describe(run) for run in mine]
    assert why_waiting(store, rows) == "Waiting behind 3 other runs: place 4 in the queue."
    with later.lock():
        assert why_waiting(store, rows) == "Waiting behind 4 other runs: place 5 in the queue.", "it runs already"
    others[0].stop()
    assert [run.name for run in ahead(store, [mine[0].name])] == [run.name for run in others[1:]]
    assert len(ahead(store)) == 4, "two of others and two of mine: one was stopped, one is lost"
    for run in others:
        run.stop()
    assert why_waiting(store, rows) == CARE["there"]
    with mine[0].lock():
        assert why_waiting(store, [describe(run) for run in mine]) == "", "it goes on"


@pytest.mark.parametrize("state", ["restarted", "failing"])
def test_a_runner_that_is_gone_is_named(store, short, care, state):
    store.add(short())
    care[0] = state
    assert why_waiting(store, rows_of(store)) == stuck(store) == CARE[state]


def test_a_full_disk_is_named_whatever_the_runner_does(store, short, care, monkeypatch):
    store.add(short())
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    care[0] = "restarted"
    assert "disk is full" in why_waiting(store, rows_of(store))


def test_what_is_finished_asks_for_no_runner(store, short, monkeypatch):
    monkeypatch.setattr(runner, "tend", lambda store: pytest.fail("nobody waits"))
    store.add(short()).stop()
    assert why_waiting(store, rows_of(store)) == ""
    assert why_waiting(store, []) == ""


def test_a_store_that_cannot_be_written_is_a_sentence(store, short, monkeypatch):
    def refused(store):
        raise PermissionError(13, os.strerror(13), "runner.lock")

    monkeypatch.setattr(runner, "tend", refused)
    store.add(short())
    assert str(store.root) in why_waiting(store, rows_of(store))


@pytest.mark.parametrize(
    ("launcher", "paused", "started"), [("local", False, 1), ("slurm", False, 0), ("local", True, 0)]
)
def test_a_runner_waits_ahead_unless_runs_may_not_begin_here(world, monkeypatch, store, launcher, paused, started):
    monkeypatch.setattr(ensure, "_keepers", {})
    monkeypatch.setenv("SSL_LAUNCHER", launcher)
    monkeypatch.setattr(ensure, "classroom", lambda store: Classroom(paused=paused))
    for _ in range(3):
        ensure.ensure_ahead(store)
    assert len(world.started) == started
