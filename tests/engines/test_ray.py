"""Runs through a real Ray of two cores: what works on this machine works there, with the same numbers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from pathlib import Path

import pytest

from ssl_core.__main__ import main
from ssl_core.launch import ray_jobs
from ssl_core.launch.ray_jobs import Ray
from ssl_core.runs.experiment import Experiment, hand_over, launch
from ssl_core.runs.pool import Pool
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.runs.waiting import why_waiting
from tests.engines.conftest import drive, go_on_here, here, numbers, stopped_by_itself, until
from tests.engines.marked import end
from tests.workers import worker_of

pytestmark = pytest.mark.timeout(900)
pytest.importorskip("ray", reason="Ray is not installed: tests/requirements-ray.txt")
TINY = ["--steps", "40", "--batch", "8", "--evaluations", "2"]
LONG = {"steps": 100_000, "batch": 8, "evaluations": 200}


@pytest.fixture
def ray(ray_head, store):
    ray_head()
    return Ray(store.root)


def test_an_experiment_ends_with_the_numbers_of_this_machine(ray_head, tmp_path, capsys):
    ray_head()
    words = ["experiment", "--methods", "supervised", "--labels", "20", "--seeds", "0", "1", *TINY]
    assert main([*words, "--launcher", "ray", "--store", str(tmp_path / "runs"), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])["runs"]
    runs = Store(tmp_path / "runs").runs()
    assert [row["state"] for row in rows] == ["done", "done"]
    assert [numbers(run) for run in runs] == [here(run, tmp_path / "here") for run in runs]
    assert all("worker" in run.log() and "done" in run.log() for run in runs)
    words = ["train", "--method", "supervised", "--labels", "20", *TINY]
    assert main([*words, "--launcher", "ray", "--store", str(tmp_path / "one")]) == 0
    assert [numbers(run) for run in Store(tmp_path / "one").runs()] == [numbers(runs[0])]


def test_a_search_has_as_many_trials_at_once_as_the_engine_gives_and_the_same_numbers(ray_head, tmp_path, capsys):
    ray_head()
    words = ["search", "--method", "supervised", "--labels", "20", "--knob", "lr=0.01:0.1", "--sampler", "random"]
    words += ["--runs", "2", "--no-prune", *TINY, "--launcher", "ray", "--store", str(tmp_path / "runs"), "--json"]
    assert main(words) == 0
    assert len(json.loads(capsys.readouterr().out.splitlines()[-1])["trials"]) == 2
    runs = Store(tmp_path / "runs").runs()
    begun = [float((run.folder / "beat").stat().st_mtime) for run in runs]
    assert [run.state for run in runs] == ["done", "done"]
    created = [run.config["created"] for run in runs]
    assert max(created) < min(begun), "the second trial did not wait for the end of the first"
    assert [numbers(run) for run in runs] == [here(run, tmp_path / "here") for run in runs]


def test_a_run_stopped_there_goes_on_there_with_the_numbers_of_one_that_was_not(ray, store, short, tmp_path):
    run = store.add(short(steps=600, evaluations=6))
    pool = Pool(store, None, launcher=ray)
    drive(pool, lambda: len(run.tail.read()) > 2)
    run.stop()
    drive(pool)
    assert run.state in ("stopped", "done")
    run.resume()
    store.wake()
    drive(pool)
    assert run.state == "done"
    assert numbers(run) == here(run, tmp_path / "here")


def test_a_stop_is_heard_by_the_worker_which_saves_first(ray, store, short, monkeypatch):
    stopped_by_itself(Pool(store, None, launcher=ray), store.add(short(**LONG)), monkeypatch)


def test_a_page_says_what_the_engine_says_and_a_worker_that_hangs_is_ended(ray_head, store):
    """Through the runner that every page starts, and whose usual launcher is this machine."""
    ray_head()
    launched = launch(store, Experiment("digits", ["supervised"], [20], [0, 1, 2], {"supervised": LONG}), "ray")
    first, second, third = launched.runs
    try:
        until(lambda: first.state == second.state == "running")
        until(lambda: why_waiting(store, [describe(third)]).startswith("Ray has as many runs as it has room for (2)."))
        os.kill(worker_of(first), signal.SIGSTOP)
        first.stop()
        until(lambda: first.end)
        assert (first.state, first.end["why"].partition(" 5 ")[0]) == ("stopped", "It did not stop by itself within")
        until(lambda: third.state == "running")  # in its place
    finally:
        for run in launched.runs:
            run.stop()
    until(lambda: not any(run.state in ("running", "queued") for run in launched.runs))


def test_more_than_there_is_room_for_waits_with_the_word_of_the_engine(ray, store, short):
    runs = [store.add(short(seed=seed, **LONG)) for seed in range(3)]
    hand_over(runs, "ray")
    pool = Pool(store, 3, launcher=ray)
    try:
        drive(pool, lambda: sum(run.state == "running" for run in runs) == 2)
        waits = next(run for run in runs if run.state == "queued")
        drive(pool, lambda: "says: PENDING" in why_waiting(store, [describe(waits)]))
        waits.stop()
        drive(pool, lambda: waits.name not in pool.jobs)
        assert waits.state == "stopped", "it need not get a place first"
        killed = next(run for run in runs if run.state == "running")
        os.kill(worker_of(killed), signal.SIGKILL)
        drive(pool, lambda: killed.end)
        assert killed.state == "lost"
        assert re.match("The worker was killed on [0-9.]+, by hand or by the system. Resume", killed.end["why"])
    finally:
        for run in runs:
            run.stop()
        drive(pool)
    assert sorted(run.state for run in runs) == ["lost", "stopped", "stopped"]


def test_a_folder_that_the_machines_of_the_engine_do_not_see_is_said_before_anything_starts(ray, monkeypatch):
    monkeypatch.setattr(Path, "touch", lambda path, *words, **more: None)
    with pytest.raises(ValueError, match=r"^The folder of runs cannot be seen on [0-9.]+: put it on a disk that all"):
        ray.check()


def test_a_dashboard_that_takes_a_connection_and_says_nothing_is_away_and_nothing_hangs_for_ever(store, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("RAY_ADDRESS", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(ray_jobs, "ANSWER", 0.3)
        engine = Ray(store.root)
        with pytest.raises(ValueError, match=r"^Ray at http://127.0.0.1:\d+ does not answer within 0.3 seconds\.$"):
            engine.check()
        until(lambda: not engine._asking, 60)


def test_the_runs_of_an_engine_that_was_killed_are_lost_with_a_reason_and_go_on_here(
    ray_head, ray, store, short, tmp_path
):
    run = store.add(short(steps=3000, batch=8, evaluations=100))
    drive(Pool(store, None, launcher=ray), lambda: len(run.tail.read()) > 2)
    os.kill(worker_of(run), signal.SIGSTOP)  # or it might be done before its engine is killed
    another = Pool(store, None, launcher=Ray(store.root))  # the one that handed it over is no more
    another.tick()
    assert not run.end
    end(ray_head())
    drive(another, lambda: run.end)
    assert run.state == "lost"
    assert "does not answer" in run.end["why"]
    assert "Resume goes on, anywhere." in run.end["why"]
    reached = numbers(run)[-1]["step"]
    go_on_here(run)
    assert reached > 0
    assert numbers(run) == here(run, tmp_path / "here")
    with pytest.raises(ValueError, match=r"^Ray at http://127.0.0.1:\d+ does not answer: start it with ray start"):
        Ray(store.root).check()
