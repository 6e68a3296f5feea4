"""A heartbeat tells the living from the dead where no lock can, whatever the clocks say; without one nothing changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from ssl_core.launch.local import Local
from ssl_core.runs import beat as room
from ssl_core.runs.beat import MISSED, beating
from ssl_core.runs.process import HOUSE
from ssl_core.runs.runner import Pool
from ssl_core.runs.store import Run
from ssl_core.runs.worker import work

BEAT = 0.1


@pytest.fixture
def begun(store, short):
    """A run whose worker is on another machine: its lock file is there, and nobody here holds it."""
    run = store.add(short())
    (run.folder / "lock").touch()
    return run


@pytest.fixture
def steady(monkeypatch):
    """steady[0] is what the monotonic clock of the observer says."""
    now = [1000.0]
    monkeypatch.setattr(room.time, "monotonic", lambda: now[0])
    return now


def until(what, seconds=300.0):
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.02)


def test_whoever_looks_never_finds_an_empty_beat(tmp_path):
    """A worker may be killed at any moment, also while it beats."""
    file = tmp_path / "beat"
    with beating(tmp_path, 1e-5):
        until(lambda: file.exists() and file.read_bytes())
        texts = {file.read_bytes() for _ in range(5000)}
    assert b"" not in texts
    assert len({len(text) for text in texts}) == 1


def test_a_run_without_a_heartbeat_leaves_no_file_and_no_thread(store, short):
    run, seen = store.add(short(steps=5)), set()
    work(run.folder, lambda row: seen.update(thread.name for thread in threading.enumerate()))
    assert seen
    assert "beat" not in seen
    assert not (run.folder / "beat").exists()
    assert not (store.root / room.CLOCK).exists()


def test_a_worker_that_was_asked_beats_until_its_end(store, short):
    run, texts = store.add(short(steps=5)), set()

    def watch(row):
        texts.add((run.folder / "beat").read_text())
        until(lambda: (run.folder / "beat").read_text() not in texts)  # the next one, however late it comes

    assert work(run.folder, watch, beat=BEAT)["state"] == "done"
    assert len(texts) > 2
    assert "beat" not in [thread.name for thread in threading.enumerate()]
    assert run.state == "done"


def test_a_beating_run_is_running_although_nobody_here_holds_its_lock(begun):
    assert begun.state == "lost"
    with beating(begun.folder, BEAT):
        until(lambda: (begun.folder / "beat").exists())
        assert not begun.held()
        until(lambda: begun.state == "running")  # on a busy machine a beat may come late
        until(lambda: Run(begun.folder).state == "running")
    until(lambda: begun.state == "lost")
    until(lambda: Run(begun.folder).state == "lost")


def test_a_dead_run_is_lost_although_a_lock_is_kept_for_it(begun):
    """A file server may keep the lock of a machine that is gone."""
    (begun.folder / "beat").write_text("5 0\n")
    os.utime(begun.folder / "beat", (1.0, 1.0))
    with begun.lock():
        assert begun.state == "lost"


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_no_jump_of_our_clock_buries_the_living_or_raises_the_dead(begun, monkeypatch, jump):
    (begun.folder / "beat").write_text("5 0\n")
    monkeypatch.setattr(time, "time", lambda real=time.time: real() + jump)
    assert begun.state == "running"
    os.utime(begun.folder / "beat", ns=(1, 1))
    assert Run(begun.folder).state == "lost"


@pytest.mark.parametrize("jump", [-86400, 86400])
def test_no_jump_of_the_file_systems_clock_does_either(begun, steady, jump):
    """After the first look only what changes counts, on a steady clock."""
    beat, stamp = begun.folder / "beat", 10**9 * 1_800_000_000
    beat.write_text("5 0\n")
    assert begun.state == "running"
    for count in range(1, 4):
        steady[0] += 5
        beat.write_text(f"5 {count}\n")
        os.utime(beat, ns=(stamp, stamp + jump * 10**9 * count))
        assert begun.state == "running"
    steady[0] += MISSED * 5 - 0.1
    assert begun.state == "running"
    steady[0] += 0.2
    assert begun.state == "lost"
    beat.write_text("5 9\n")  # it was only out of reach
    assert begun.state == "running"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"nan", b"-1 1", b"1e999 1", b"words"])
def test_a_damaged_beat_is_no_traceback(begun, content):
    (begun.folder / "beat").write_bytes(content)
    assert begun.state in ("running", "lost")


def test_a_resumed_run_does_not_inherit_a_heartbeat(begun):
    (begun.folder / "beat").write_text("5 0\n")
    os.utime(begun.folder / "beat", (1.0, 1.0))
    begun.resume()
    assert begun.state == "queued"
    assert not (begun.folder / "beat").exists()


def test_the_command_of_an_engine_works_beats_and_is_lost_when_killed(store, short):
    run = store.add(short(steps=100_000, evaluations=200))
    line = [sys.executable, "-m", "ssl_core.runs.worker", str(run.folder), "--beat", str(BEAT)]
    process = subprocess.Popen(line, cwd=HOUSE)
    try:
        until(lambda: (run.folder / "beat").exists())
        until(lambda: run.state == "running")
        process.send_signal(signal.SIGKILL)
        process.wait()
        until(lambda: run.state == "lost")
    finally:
        process.kill()
        process.wait()


def test_a_launcher_may_ask_for_one(store, short):
    run = store.add(short(steps=20))
    pool = Pool(store, 1, launcher=Local(beat=BEAT))
    while pool.tick():
        pool.wait(0.1)
    assert run.state == "done"
    assert (run.folder / "beat").read_text().startswith("0.1 ")
