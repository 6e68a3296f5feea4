"""The runner runs each queued run once, stops what should stop, and survives what happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.runner import Pool
from ssl_core.runs.store import Store

HOUSE = Path(__file__).resolve().parents[2]
LONG = {"steps": 100_000, "batch": 8, "evaluations": 200}


def begins(run) -> int:
    return run.log(100_000).count(" begins")


def until(what, seconds=30.0):
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.02)


@pytest.fixture
def runner(store):
    """start() -> a real runner process on the store; all are gone afterwards, with their workers."""
    started = []

    def start():
        command = [sys.executable, "-m", "ssl_core.runs.runner", str(store.root)]
        started.append(subprocess.Popen(command, cwd=HOUSE, start_new_session=True))
        return started[-1]

    yield start
    for run in store.runs():
        run.stop()
        if run.held():
            os.killpg(int((run.folder / "pid").read_text()), signal.SIGKILL)
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_every_run_is_run_once_although_four_runners_were_started(store, short, runner):
    runs = [store.add(short(seed=i)) for i in range(5)]
    processes = [runner() for _ in range(4)]
    until(lambda: all(run.state == "done" for run in runs), 60)
    assert [begins(run) for run in runs] == [1] * 5
    until(lambda: sum(p.poll() is None for p in processes) == 1)


def test_a_killed_worker_is_lost_at_once_and_resumes_without_a_lost_line(store, short, runner):
    run = store.add(short(**LONG))
    runner()
    until(lambda: len(run.tail.read()) > 3)
    until(lambda: (run.folder / "checkpoint.pt").exists())
    lines = len(run.tail.read())
    killed = time.monotonic()
    os.kill(int((run.folder / "pid").read_text()), signal.SIGKILL)
    until(lambda: run.state == "lost", 2)
    assert time.monotonic() - killed < 2
    assert len(run.tail.read()) >= lines
    assert run.tail.bad == 0
    run.resume()
    store.wake()
    until(lambda: run.state == "running" and begins(run) == 2)
    steps = [row["step"] for row in run.tail.read()]
    assert steps == sorted(set(steps))


def test_a_polite_stop_takes_less_than_a_second(store, short, runner):
    run = store.add(short(**LONG))
    runner()
    until(lambda: len(run.tail.read()) > 1)
    asked = time.monotonic()
    run.stop()
    until(lambda: run.state == "stopped")
    assert time.monotonic() - asked < 2
    assert (run.folder / "checkpoint.pt").exists()


def test_a_worker_that_does_not_listen_is_ended_after_five_seconds(store, short, runner):
    run, after = store.add(short(**LONG)), store.add(short(seed=1))
    runner()
    until(lambda: len(run.tail.read()) > 1)
    os.kill(int((run.folder / "pid").read_text()), signal.SIGSTOP)
    assert run.state == "running"
    run.stop()
    until(lambda: run.state == "stopped", 15)
    assert "did not stop by itself" in run.end["why"]
    until(lambda: after.state == "done")


def test_a_run_outlives_its_runner_and_the_next_runner_goes_on(store, short, runner):
    first, second = store.add(short(steps=3000, batch=8, evaluations=20)), store.add(short(seed=1))
    old = runner()
    until(lambda: len(first.tail.read()) > 1)
    os.killpg(old.pid, signal.SIGKILL)
    old.wait()
    assert first.state == "running"
    runner()
    until(lambda: first.state == second.state == "done", 60)
    assert begins(first) == begins(second) == 1


def test_a_relaunch_skips_what_is_done_and_resumes_what_was_stopped(store):
    knobs = {"supervised": {"steps": 40, "evaluations": 2, "batch": 8}}
    experiment = Experiment("digits", ["supervised"], [10, 20], [0, 1], knobs)
    first = enqueue(store, experiment)
    assert (first.new, first.resumed, first.kept) == (4, 0, 0)
    first.runs[3].stop()
    pool = Pool(store, 2)
    while pool.tick():
        pool.wait(0.1)
    assert [run.state for run in first.runs] == ["done", "done", "done", "stopped"]
    again = enqueue(Store(store.root), experiment)
    assert again.id == first.id
    assert (again.new, again.resumed, again.kept) == (0, 1, 3)
    pool = Pool(store, 2)
    while pool.tick():
        pool.wait(0.1)
    assert [run.state for run in first.runs] == ["done"] * 4


def test_an_experiment_is_the_same_in_whatever_order_it_was_chosen():
    first = Experiment("digits", ["supervised", "mixmatch"], [10, 40], [0, 1])
    second = Experiment("digits", ["mixmatch", "supervised"], [40, 10], [1, 0])
    other = Experiment("digits", ["mixmatch", "supervised"], [40, 10], [1, 0], {"mixmatch": {"alpha": 0.5}})
    assert first.id == second.id != other.id


@pytest.mark.parametrize(
    ("methods", "labels", "seeds"),
    [
        ([], [10], [0]),
        (["supervised"], [], [0]),
        (["supervised"], [10], []),
        (["nothing"], [10], [0]),
        (["supervised"], [5], [0]),
    ],
)
def test_a_wrong_experiment_is_one_sentence(store, methods, labels, seeds):
    with pytest.raises(ValueError, match=r"^[^\n]+\.$"):
        enqueue(store, Experiment("digits", methods, labels, seeds))
    assert store.runs() == []


def test_two_dashboards_queue_at_once_and_each_run_runs_once(store, short):
    def dashboard(number):
        mine = Store(store.root)
        for i in range(5):
            mine.add(short(seed=10 * number + i, steps=5))

    threads = [threading.Thread(target=dashboard, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool = Pool(store, 2)
    while pool.tick():
        pool.wait(0.05)
    assert [run.state for run in store.runs()] == ["done"] * 10
    assert [begins(run) for run in store.runs()] == [1] * 10


def test_a_child_that_is_still_leaving_keeps_its_slot(store, short):
    """Its run has ended, its process has not: nothing may be started in its place yet."""

    class Leaving:
        exitcode, sentinel = None, 0

    first, second = store.add(short()), store.add(short(seed=1))
    write_json(first.folder / "end.json", {"state": "done", "why": ""})
    pool = Pool(store, 1)
    pool.children[first.name] = (Leaving(), 0)
    assert pool.tick()
    assert list(pool.children) == [first.name]
    assert second.state == "queued"
