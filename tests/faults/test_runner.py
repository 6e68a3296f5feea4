"""What may happen to a worker, a runner, a server or a tab: done for real, each row of the plan by its own name.

No test asks how fast: the machine may be busy. It waits for what must come, and looks at what must be true by then.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ssl_core.launch import local
from ssl_core.runs import disk, pool, silence
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.pool import Pool
from ssl_core.runs.saved import load_checkpoint
from ssl_core.runs.silence import silent_for
from ssl_core.runs.store import Store
from ssl_core.runs.waiting import CARE, stuck
from ssl_core.runs.worker import work
from tests.faults import dying
from tests.faults.many import at_once
from tests.runs.test_runner import begins, until
from tests.workers import end_worker, worker_of

pytestmark = pytest.mark.timeout(600)
LONG = {"steps": 20_000, "batch": 8, "evaluations": 200}
ENDLESS = LONG | {"steps": 100_000}  # is not over before a slow server has been started; a row every 500 steps
PATIENT = 300.0  # seconds that a busy machine may take for what needs one


def experiment(steps: int = 60, seeds=(0,), **values) -> Experiment:
    knobs = {"supervised": {"steps": steps, "batch": 8, "evaluations": 3} | values}
    return Experiment("digits", ["supervised"], [20], seeds, knobs)


def queued(store, *words, **values):
    return enqueue(store, experiment(*words, **values)).runs


def rows(run) -> list[dict]:
    return [{key: value for key, value in row.items() if key != "seconds"} for row in run.tail.read()]


@pytest.fixture
def working(store):
    """working(what) -> a pool that goes on until that holds; without it, until there is nothing to do."""
    mine = Pool(store, 1)

    def go(what=None, seconds=PATIENT):
        limit = time.monotonic() + seconds
        while mine.tick() if what is None else (mine.tick(), not what())[1]:
            assert time.monotonic() < limit, "it took too long"
            mine.wait(0.02)
        return mine

    go.pool = mine
    yield go
    for job in list(mine.jobs.values()):
        mine.launcher.stop(job)
    while mine.jobs:
        mine.wait(0.1)
        mine._bury()


def forked(target, run) -> int:
    """The exit code of a worker of that kind."""
    process = local._context().Process(target=target, args=(str(run.folder),))
    process.start()
    process.join(PATIENT)
    return process.exitcode


def test_worker_kill_9(store, shown, working):
    run = queued(store, **LONG)[0]
    working(lambda: len(run.tail.read()) > 10 and (run.folder / "checkpoint.pt").exists())
    before = rows(run)
    os.kill(worker_of(run), signal.SIGKILL)
    working(lambda: run.end)
    assert run.state == "lost"
    assert "killed" in run.end["why"]
    assert rows(run)[: len(before)] == before, "a whole line was lost"
    assert run.tail.bad == 0
    page = shown(run)
    assert run.end["why"] in [box.value for box in page.warning]
    saved = load_checkpoint(run.folder / "checkpoint.pt")["step"]
    assert saved <= rows(run)[-1]["step"]
    page.button(key="resume_run").click().run()
    working(lambda: begins(run) == 2 and run.tail.read()[-1]["step"] > saved)
    steps = [row["step"] for row in rows(run)]
    assert steps == sorted(set(steps)), "no step twice"


def test_killed_while_writing_checkpoint(store, short, shown):
    whole, run = store.add(short()), queued(store)[0]
    assert forked(dying.while_saving, run) == dying.HALF
    left = list(run.folder.glob(".checkpoint.pt.*.aside"))
    assert len(left) == 1
    assert run.state == "lost"
    saved = load_checkpoint(run.folder / "checkpoint.pt")
    assert 0 < saved["step"] < rows(run)[-1]["step"], "the one before it"
    shown(run)
    run.resume()
    assert work(run.folder)["state"] == "done"
    work(whole.folder)
    assert rows(run) == rows(whole)
    assert not list(run.folder.glob(".*")), "and what it left is gone"


def test_sigstop(store, shown, working, monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE", 1.0)
    run = queued(store, **LONG)[0]
    working(lambda: len(run.tail.read()) > 3)
    os.kill(worker_of(run), signal.SIGSTOP)
    until(lambda: Path(f"/proc/{worker_of(run)}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")
    asleep, now = rows(run), [1000.0]
    with monkeypatch.context() as clock:
        clock.setattr(silence, "time", SimpleNamespace(monotonic=lambda: now[0]))
        assert silent_for(run) == 0.0
        for _ in range(10):
            now[0] += 0.2
            working.pool.tick()
        assert silent_for(run) == pytest.approx(2.0)
    assert (run.state, rows(run)) == ("running", asleep)
    shown(run)
    os.kill(worker_of(run), signal.SIGCONT)
    working(lambda: len(run.tail.read()) > len(asleep) + 2)
    assert silent_for(run) == 0.0, "rows have come since the last look"
    os.kill(worker_of(run), signal.SIGSTOP)
    shown(run).button(key="stop_run").click().run()
    assert run.state == "running", "asked politely first"
    working(lambda: run.end)
    assert run.state == "stopped"
    assert "did not stop by itself" in run.end["why"]


def test_oom(store, shown, working, monkeypatch):
    greedy, after = queued(store, seeds=(0, 2))
    monkeypatch.setattr("ssl_core.runs.worker.child", dying.without_memory)  # of the first seed alone
    working(lambda: greedy.end)
    assert (greedy.state, greedy.end["why"]) == ("failed", "It ran out of memory: try a smaller batch.")
    killed = store.add(after.config | {"training": after.config["training"] | LONG})
    working(lambda: after.end)
    assert after.state == "done", "the queue went on"
    working(lambda: killed.state == "running" and "begins" in killed.log())
    ours, worker = (
        int(Path(f"/proc/{number}/oom_score_adj").read_text()) for number in (os.getpid(), worker_of(killed))
    )
    assert worker > ours, "when memory ends, a worker goes before the server"
    os.kill(worker_of(killed), signal.SIGKILL)  # as the kernel does
    working(lambda: killed.end)
    assert killed.state == "lost"
    assert "memory ran out" in killed.end["why"]


@contextlib.contextmanager
def small_disk(folder: Path):
    """A disk of 8 MB, where this machine lets us mount one; else None."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    may = shutil.which("mount") and not os.getuid()
    if not may or subprocess.run(mount, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_disk_full(tmp_path, monkeypatch, shown):
    for where in ("disk", "store"):
        monkeypatch.setattr(f"ssl_core.runs.{where}.FREE_BYTES", 2**21)
    with small_disk(tmp_path / "disk") as small:
        store = Store((small or tmp_path) / "runs")
        monkeypatch.setenv("SSL_STORE", str(store.root))
        run, after = queued(store, seeds=(0, 1), **LONG)
        mine = Pool(store, 1)
        if small:
            _fill_while_it_trains(mine, run, small)
        else:
            child = dying.worker.child
            monkeypatch.setattr("ssl_core.runs.worker.child", dying.without_room)
            room = shutil.disk_usage
            monkeypatch.setattr(
                shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 0 if run.end else 2**40)
            )
        _tick(mine, lambda: run.end or run.state == "lost")
        assert run.end.get("why", disk.FULL) == disk.FULL
        assert run.tail.bad == 0
        before = rows(run)
        assert len(before) >= 1
        for _ in range(5):
            assert mine.tick()
        assert after.state == "queued"
        page = shown(run)
        assert "The disk is full: nothing new starts until" in " ".join(words.value for words in page.markdown)

        if small:
            (small / "filler").unlink()
        else:
            monkeypatch.setattr(shutil, "disk_usage", room)
            monkeypatch.setattr("ssl_core.runs.worker.child", child)
        _tick(mine, lambda: run.end and after.state == "running")
        assert (run.state in ("failed", "lost"), run.end["why"]) == (True, disk.FULL)
        after.stop()
        _tick(mine, lambda: after.end)
        assert after.state == "stopped"
        run.resume()
        store.wake()
        _tick(mine, lambda: len(rows(run)) > len(before))
        run.stop()
        _tick(mine, lambda: run.end)
        assert run.state == "stopped"
        assert rows(run)[0] == before[0]


def _fill_while_it_trains(mine: Pool, run, small: Path) -> None:
    _tick(mine, lambda: (run.folder / "checkpoint.pt").exists())
    with (small / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 4096):
            pass
    assert load_checkpoint(run.folder / "checkpoint.pt")["step"] > 0, "the last whole one stays"


def _tick(mine: Pool, what) -> None:
    limit = time.monotonic() + PATIENT
    while not what():
        assert time.monotonic() < limit, "it took too long"
        mine.tick()
        mine.wait(0.02)


def runners_of(store) -> list[int]:
    """The process ids of the runners of a store."""
    wanted, found = os.fsencode(f"ssl_core.runs.runner\0{store.root}\0"), []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@pytest.fixture
def runners(store):
    """runners() -> those of this store; all are gone afterwards, with their workers."""

    def alive() -> list[int]:
        return runners_of(store)

    yield alive
    for number in alive():  # first, or they would begin the next run
        kill_group(number)
    for run in store.runs():
        end_worker(run)


def kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have left this instant
        os.killpg(group, signal.SIGKILL)


linux = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are counted in /proc")


@linux
def test_two_dashboards_one_store(store, runners):
    work = """
    seeds = []
    for seed in range(10):
        knobs = {"supervised": {"steps": 5, "batch": 8, "evaluations": 1}}
        launched = launch(Store(root), Experiment("digits", ["supervised"], [20], [seed], knobs))
        seeds.append(launched.new)
    for again in range(2):
        ensure_runner(Store(root))
    return seeds
    """
    answers = at_once(2, store.root, work)
    assert [sum(new) for new in zip(*answers, strict=True)] == [1] * 10, "each was added by one of the two"
    runs = store.runs()
    assert len(runs) == 10
    until(lambda: all(run.end for run in runs), PATIENT)
    assert [run.state for run in runs] == ["done"] * 10
    assert [begins(run) for run in runs] == [1] * 10
    until(lambda: len(runners()) == 1, PATIENT)


@linux
def test_runner_kill_9(store, runners):
    """The member that trains finishes; whoever looks next starts another runner, which does the rest."""
    first, *rest = queued(store, 1500, seeds=range(local.slots() + 2))  # more than can train at once
    assert stuck(store) == ""
    until(lambda: len(first.tail.read()) > 1, PATIENT)
    assert stuck(store) == "", "it works"
    killed = runners()
    for number in killed:
        kill_group(number)
    until(lambda: not runners(), PATIENT)
    assert first.state in ("running", "done")
    until(lambda: stuck(store) == CARE["restarted"], PATIENT)
    until(lambda: all(run.end for run in (first, *rest)), PATIENT)
    assert {run.state for run in (first, *rest)} == {"done"}
    assert {begins(run) for run in (first, *rest)} == {1}
    assert not set(killed) & set(runners())


def test_nan_loss(store, shown, monkeypatch):
    monkeypatch.setattr("ssl_core.train.loop.factor", lambda *words: 1e30)  # a learning rate no knob allows
    run = queued(store)[0]
    work(run.folder)
    assert run.state == "failed"
    assert "The loss became" in run.end["why"]
    for line in (run.folder / "metrics.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert run.end["why"] in [box.value for box in shown(run).warning]
