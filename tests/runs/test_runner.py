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

from ssl_core.launch.local import Local
from ssl_core.runs import pool as pool_room
from ssl_core.runs import runner as room
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.pool import PATIENCE, Pool
from ssl_core.runs.store import Store, stop
from tests.workers import end_worker, worker_of

HOUSE = Path(__file__).resolve().parents[2]
LONG = {"steps": 20_000, "batch": 8, "evaluations": 200}


def begins(run) -> int:
    return run.log(100_000).count(" begins")


def until(what, seconds=240.0):
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.02)


class Engine:
    """An engine without workers: a job is its run's name, and the test says what becomes of it."""

    patience, outlives = 5.0, False

    def __init__(self):
        self.states, self.stopped = {}, []

    def places(self):
        return 2

    def check(self):
        pass

    def start(self, run):
        return self.states.setdefault(run.name, "waiting") and run.name

    def stop(self, job):
        self.stopped.append(job)
        self.states[job] = "ended"

    def state(self, job):
        return self.states[job]

    def find(self, run):
        return run.name if run.name in self.states else None

    def why(self, job):
        return "The engine gave it up."

    def wait(self, seconds):
        time.sleep(seconds)

    def warm(self):
        pass


@pytest.fixture
def runner(store):
    """start() -> a real runner process on the store; all are gone afterwards, with their workers."""
    started = []

    def start():
        command = [sys.executable, "-m", "ssl_core.runs.runner", str(store.root)]
        started.append(subprocess.Popen(command, cwd=HOUSE, start_new_session=True))
        return started[-1]

    yield start
    for process in started:  # first, or they would begin the next run
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for run in store.runs():
        end_worker(run)


def test_every_run_is_run_once_although_four_runners_were_started(store, short, runner):
    runs = [store.add(short(seed=i)) for i in range(5)]
    processes = [runner() for _ in range(4)]
    until(lambda: all(run.state == "done" for run in runs))
    assert [begins(run) for run in runs] == [1] * 5
    until(lambda: sum(p.poll() is None for p in processes) == 1)


def test_a_killed_worker_is_lost_and_resumes_without_a_lost_line(store, short, runner):
    run = store.add(short(**LONG))
    runner()
    until(lambda: len(run.tail.read()) > 3)
    until(lambda: (run.folder / "checkpoint.pt").exists())
    lines = len(run.tail.read())
    os.kill(worker_of(run), signal.SIGKILL)
    until(lambda: run.state == "lost")  # the runner that looks has its lock, too, for an instant
    assert len(run.tail.read()) >= lines
    assert run.tail.bad == 0
    run.resume()
    store.wake()
    until(lambda: run.state == "running" and begins(run) == 2)
    steps = [row["step"] for row in run.tail.read()]
    assert steps == sorted(set(steps))


def pooled(store, until_that) -> Pool:
    """A pool of this process that goes on until that holds."""
    pool, limit = Pool(store, 1), time.monotonic() + 240
    while not until_that():
        assert time.monotonic() < limit, "it took too long"
        pool.tick()
        pool.wait(0.02)
    return pool


def test_a_polite_stop_needs_no_kill(store, short, monkeypatch):
    """However slow the machine is: with all the patience there is, the worker ends by itself."""
    monkeypatch.setattr(pool_room, "PATIENCE", 1e9)
    monkeypatch.setattr(Local, "patience", 1e9)
    run = store.add(short(**LONG))
    running = pooled(store, lambda: len(run.tail.read()) > 1)
    run.stop()
    while running.tick():
        running.wait(0.02)
    assert run.state == "stopped"
    assert run.end["why"] == "Asked to stop."
    assert (run.folder / "checkpoint.pt").exists()


def test_a_worker_that_does_not_listen_is_ended_and_the_next_one_starts(store, short, runner):
    run, after = store.add(short(**LONG)), store.add(short(seed=1))
    runner()
    until(lambda: len(run.tail.read()) > 1)
    os.kill(worker_of(run), signal.SIGSTOP)
    assert run.state == "running"
    run.stop()
    until(lambda: run.state == "stopped")
    assert "did not stop by itself" in run.end["why"]
    until(lambda: after.state == "done")


def test_a_run_outlives_its_runner_and_the_next_runner_goes_on(store, short, runner):
    first, second = store.add(short(steps=3000, batch=8, evaluations=20)), store.add(short(seed=1))
    old = runner()
    until(lambda: len(first.tail.read()) > 1)
    os.kill(worker_of(first), signal.SIGSTOP)  # or it might be done before we look
    os.killpg(old.pid, signal.SIGKILL)
    old.wait()
    assert first.state == "running"
    os.kill(worker_of(first), signal.SIGCONT)
    runner()
    until(lambda: first.state == second.state == "done")
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

    engine = Engine()
    first, second = store.add(short()), store.add(short(seed=1))
    pool = Pool(store, 1, launcher=engine)
    pool.tick()
    write_json(first.folder / "end.json", {"state": "done", "why": ""})
    assert pool.tick()
    assert list(pool.jobs) == [first.name]
    assert second.state == "queued"
    engine.states[first.name] = "ended"
    pool.tick()
    assert list(pool.jobs) == [second.name]
    assert first.end["state"] == "done", "no epitaph for what said itself how it ended"


def test_a_run_that_waits_at_an_engine_takes_a_place_and_is_handed_over_once(store, short):
    engine = Engine()
    runs = [store.add(short(seed=seed)) for seed in range(3)]
    pool = Pool(store, 2, launcher=engine)
    for _ in range(3):
        assert pool.tick()
    assert list(engine.states) == [run.name for run in runs[:2]]
    assert pool.free == -1
    Pool(store, 2, launcher=engine).tick()  # another runner, later: the engine has them already
    assert list(engine.states) == [run.name for run in runs[:2]]


def test_a_run_that_waits_at_an_engine_is_taken_back_at_once(store, short):
    engine = Engine()
    run = store.add(short())
    pool = Pool(store, 1, launcher=engine)
    pool.tick()
    stop([run])
    while pool.tick():
        pass
    assert engine.stopped == [run.name]
    assert run.state == "stopped"
    run.resume()
    assert run.state == "queued"


def test_a_job_that_ends_without_a_word_is_lost_with_the_engines_reason(store, short):
    engine = Engine()
    run = store.add(short())
    pool = Pool(store, 1, launcher=engine)
    pool.tick()
    engine.states[run.name] = "ended"
    pool.tick()
    assert (run.state, run.end["why"]) == ("lost", "The engine gave it up.")


def test_a_run_that_was_resumed_before_its_burial_is_not_buried(store, short):
    """Whoever sees it lost may press Resume before the runner has looked."""
    engine = Engine()
    run = store.add(short())
    pool = Pool(store, 1, launcher=engine)
    pool.tick()
    engine.states[run.name] = "running"
    with run.lock():
        pool.tick()
    engine.states[run.name] = "ended"
    assert run.state == "lost"
    run.resume()
    pool.tick()
    assert run.state == "queued"
    assert list(pool.jobs) == [run.name], "its next turn"


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_a_polite_stop_gets_its_five_seconds_whatever_the_clock_does(store, short, monkeypatch, jump):
    """The kill comes after PATIENCE of steady time, and not at all before."""
    engine, now = Engine(), [1000.0]
    monkeypatch.setattr(time, "time", lambda real=time.time: real() + jump)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    run = store.add(short())
    pool = Pool(store, 1, launcher=engine)
    pool.tick()
    engine.states[run.name] = "running"
    with run.lock():
        stop([run])
        pool.tick()
        now[0] += PATIENCE - 0.1
        pool.tick()
        assert engine.stopped == []
        now[0] += 0.2
        pool.tick()
        assert engine.stopped == [run.name]


def test_what_a_driver_queues_is_run_and_a_runner_stays_while_one_is_active(store, short, monkeypatch):
    """The runner knows its drivers by two words: tick, and active."""

    class Three:
        active, seen = True, []

        def tick(self, free, at_once):
            self.seen.append((free, at_once))
            if free <= 0 or len(store.runs()) == 3:
                self.active = len(store.runs()) < 3
                return []
            return [store.add(short(seed=len(store.runs()), steps=5))]

    engine, driver = Engine(), Three()
    monkeypatch.setattr(
        engine, "state", lambda job: write_json(store.run(job).folder / "end.json", {"state": "done"}) or "ended"
    )
    monkeypatch.setattr(pool_room, "Local", lambda: engine)
    monkeypatch.setattr(room, "IDLE", 0.5)
    monkeypatch.setattr(room, "slots", lambda: 2)
    room.serve(store, lambda of: [driver])
    assert [run.state for run in store.runs()] == ["done"] * 3
    assert all(free <= at_once == 2 for free, at_once in driver.seen)
