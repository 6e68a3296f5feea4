"""Workers where the system lacks what Linux has: macOS has no affinity, Windows no sessions, no nice and no SIGKILL."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ssl_core.launch import local
from ssl_core.launch.local import Local
from ssl_core.runs.process import HOUSE

TAKEN_AWAY = (
    "import os, signal\nfor lost in (os, 'setsid'), (os, 'nice'), (os, 'killpg'), (signal, 'SIGKILL'): delattr(*lost)\n"
)


def without(code: str, **options) -> subprocess.CompletedProcess:
    """Run some Python on a system that lacks them."""
    return subprocess.run(
        [sys.executable, "-c", TAKEN_AWAY + code], cwd=HOUSE, capture_output=True, text=True, **options
    )


def test_a_worker_works_without_sessions_and_priorities(store, short):
    run = store.add(short(steps=5))
    told = without(f"from ssl_core.runs.worker import child; child({str(run.folder)!r}, None)")
    assert told.returncode == 0, told.stderr
    assert run.state == "done"


def test_a_worker_is_ended_and_buried_without_signals(store, short):
    run = store.add(short(steps=100_000))
    code = (
        "import time, multiprocessing\n"
        "multiprocessing.get_all_start_methods = lambda: ['spawn']\n"
        "from ssl_core.launch.local import Local\n"
        "from ssl_core.runs.store import Store\n"
        "if __name__ == '__main__':\n"
        "    launcher, run = Local(), Store({root!r}).runs()[0]\n"
        "    launcher.warm()\n"
        "    job = launcher.start(run)\n"
        "    assert launcher.state(job) == 'running'\n"
        "    launcher.stop(job)\n"
        "    while launcher.state(job) != 'ended': launcher.wait(0.1)\n"
        "    print(launcher.why(job))\n"
    ).replace("{root!r}", repr(str(store.root)))
    told = without(code, timeout=240)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip().endswith("Resume goes on.")
    assert run.state in ("queued", "lost")


def test_slots_are_the_lowest_that_are_free_and_free_again_after_the_burial(store, short):
    launcher, runs = Local(), [store.add(short(seed=seed, steps=100_000)) for seed in range(3)]
    try:
        first, second = launcher.start(runs[0]), launcher.start(runs[1])
        launcher.stop(first)
        while launcher.state(first) != "ended":
            launcher.wait(0.1)
        assert "killed" in launcher.why(first)
        third = launcher.start(runs[2])
        assert {job: slot for job, (_, slot) in launcher._workers.items()} == {second: 1, third: 0}
    finally:
        for job in list(launcher._workers):
            launcher.stop(job)
            while launcher.state(job) != "ended":
                launcher.wait(0.1)
            launcher.why(job)


@pytest.mark.parametrize("device", ["nvidia0", "kfd", "dxg"])
def test_where_there_may_be_a_gpu_no_worker_is_forked(monkeypatch, tmp_path, device):
    (tmp_path / device).touch()
    monkeypatch.setattr(local, "DEVICES", tmp_path)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert Local()._context.get_start_method() == "spawn"
    (tmp_path / device).unlink()
    assert Local()._context.get_start_method() == "forkserver"


def test_a_worker_that_is_begun_anew_trains_to_its_end(monkeypatch, tmp_path, store, short):
    (tmp_path / "nvidia0").touch()
    monkeypatch.setattr(local, "DEVICES", tmp_path)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    launcher, run = Local(), store.add(short(steps=5))
    launcher.warm()
    job = launcher.start(run)
    while launcher.state(job) != "ended":
        launcher.wait(0.5)
    assert launcher.why(job) == ""
    assert run.state == "done"
