"""Runs through a real Slurm of one node: what works on this machine works there, with the same numbers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess

import pytest

from ssl_core.__main__ import main
from ssl_core.launch.slurm import Slurm
from ssl_core.runs.handed import handed
from ssl_core.runs.pool import Pool
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.runs.waiting import why_waiting
from tests.engines.conftest import drive, go_on_here, here, numbers, stopped_by_itself
from tests.engines.marked import end
from tests.workers import worker_of

pytestmark = pytest.mark.timeout(900)
TINY = ["--steps", "40", "--batch", "8", "--evaluations", "2"]
LONG = {"steps": 100_000, "batch": 8, "evaluations": 200}


# Folders of runs as people have them, with signs that mean something to Slurm or to a shell.
SIGNS, BACKSLASH = "50 %j, 'a' \"b\" $HOME", "a\\b %j"


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / SIGNS)


@pytest.fixture
def slurm(slurm_node, store):
    slurm_node()
    return Slurm(store.root)


def say(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=240)


def say_of(run, *words: object) -> None:
    """Words about the run's job, which may be over by then."""
    with contextlib.suppress(subprocess.CalledProcessError):
        say(*words, number(run))


def asked(run, what: str) -> str:
    """What Slurm says of the run's job."""
    command = ["squeue", "--noheader", f"--format={what}", f"--name={handed(run.folder).job}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=240).stdout.strip()


def number(run) -> str:
    return asked(run, "%i")


def pending(run) -> bool:
    return asked(run, "%T") == "PENDING"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["train", "--method", "supervised"], 1),
        (["experiment", "--methods", "supervised", "--seeds", "0", "1"], 2),
        (
            [
                "search",
                "--method",
                "supervised",
                "--knob",
                "lr=0.01:0.1",
                "--sampler",
                "random",
                "--runs",
                "2",
                "--no-prune",
            ],
            2,
        ),
    ],
    ids=["train", "experiment", "search"],
)
def test_it_ends_with_the_numbers_of_this_machine(slurm_node, tmp_path, capsys, words, count):
    slurm_node()
    words = [*words, "--labels", "20", *TINY, "--launcher", "slurm", "--store", str(tmp_path / BACKSLASH), "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])
    runs = Store(tmp_path / BACKSLASH).runs()
    assert [run.state for run in runs] == ["done"] * count
    assert [numbers(run) for run in runs] == [here(run, tmp_path / "here") for run in runs]
    assert all("worker" in run.log() and "done" in run.log() for run in runs)


def test_a_run_that_is_preempted_or_out_of_time_waits_and_goes_on_with_the_same_numbers(slurm, store, short, tmp_path):
    run = store.add(short(steps=600, evaluations=6))
    pool = Pool(store, None, launcher=slurm)
    first = ["sbatch", "--partition=first", "--ntasks=2", "--output=/dev/null", "--wrap=true"]
    for asked in (first, ["scancel", "--signal=USR1", "--batch"]):  # the second comes at the end of a job's time
        rows = len(run.tail.read())
        drive(pool, lambda rows=rows: len(run.tail.read()) > rows + 1 or run.end)
        if run.end:  # it was quicker
            continue
        say(*asked) if asked is first else say_of(run, *asked)
        drive(pool, lambda: pending(run) or run.end)
        if not run.end:
            drive(pool, lambda: "Waiting at Slurm, which says: PENDING" in why_waiting(store, [describe(run)]))
            say("scontrol", "update", f"jobid={number(run)}", "starttime=now")  # Slurm lets it wait for two minutes
    drive(pool)
    assert run.state == "done"
    assert numbers(run) == here(run, tmp_path / "here")


def test_what_hangs_is_ended_and_what_somebody_cancels_is_not_begun_again(slurm, store, short):
    hung, cancelled = store.add(short(**LONG)), store.add(short(seed=1, **LONG))
    pool = Pool(store, None, launcher=slurm)
    drive(pool, lambda: hung.state == cancelled.state == "running")
    os.kill(worker_of(hung), signal.SIGSTOP)
    hung.stop()
    say("scancel", number(cancelled))
    drive(pool)
    assert (hung.state, hung.end["why"]) in (
        ("stopped", "Asked to stop."),  # Slurm wakes what was put to sleep before it ends it
        ("stopped", "It did not stop by itself within 5 seconds and was ended."),
    )
    assert cancelled.state == "stopped"
    assert cancelled.reason() == "Its job was cancelled at Slurm. Resume goes on."


def test_a_job_that_slurm_does_not_know_is_a_reason_and_no_silence(slurm):
    assert slurm._said("4000000", "FAILED", "None", "").why.startswith("Its job failed, and Slurm has forgotten how.")


def test_a_stop_is_heard_by_the_worker_which_saves_first(slurm, store, short, monkeypatch):
    stopped_by_itself(Pool(store, None, launcher=slurm), store.add(short(**LONG)), monkeypatch)


def test_the_runs_of_an_engine_that_was_killed_are_lost_with_a_reason_and_go_on_here(
    slurm_node, slurm, store, short, tmp_path
):
    run = store.add(short(steps=2000, evaluations=100))
    drive(Pool(store, None, launcher=slurm), lambda: len(run.tail.read()) > 2)
    os.kill(worker_of(run), signal.SIGSTOP)  # or it might be done before its engine is killed
    another = Pool(store, None, launcher=Slurm(store.root))  # the one that handed it over is no more
    another.tick()
    assert not run.end
    end(slurm_node())
    drive(another, lambda: run.end)
    assert run.state == "lost"
    assert run.end["why"].startswith("Slurm does not answer")
    assert run.end["why"].endswith("Resume goes on, anywhere.")
    go_on_here(run)
    assert numbers(run) == here(run, tmp_path / "here")
    with pytest.raises(ValueError, match=r"^Slurm does not answer"):
        Slurm(store.root).check()
