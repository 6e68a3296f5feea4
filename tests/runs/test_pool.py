"""The pool of runs goes on whatever happens to one of them, waits while the disk is full, and says why it waits."""

from __future__ import annotations

import errno
import os
import shutil

import pytest

from ssl_core.runs import disk, pool
from ssl_core.runs.disk import FULL
from ssl_core.runs.pool import Pool
from ssl_core.runs.runner import look_after
from tests.faults import dying
from tests.runs.test_runner import Engine


@pytest.fixture
def free(monkeypatch):
    """free[0] is how many bytes the disk has left."""
    left = [10**12]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 0, left[0]))
    return left


@pytest.fixture
def full(monkeypatch):
    """full[0] says whether writing an end fails for want of room."""
    state, write = [False], pool.write_json

    def fails(path, value):
        if state[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, value)

    monkeypatch.setattr(pool, "write_json", fails)
    return state


def test_the_queue_waits_while_there_is_no_room_and_goes_on_by_itself(store, short, free):
    engine, runs = Engine(), [store.add(short(seed=seed)) for seed in range(2)]
    free[0] = 10**6
    queue = Pool(store, 1, launcher=engine)
    for _ in range(3):
        assert queue.tick(), "there is still something to do"
    assert engine.states == {}
    assert queue.why == f"The disk is full: nothing new starts until 200 MB are free at {store.root.name}/."
    assert queue.free <= 0, "a search is not asked for more, either"
    free[0] = 10**12
    assert queue.tick()
    assert list(engine.states) == [runs[0].name]
    assert queue.why == ""


def test_an_epitaph_that_found_no_room_is_written_when_there_is(store, short, full):
    engine, run = Engine(), store.add(short())
    queue = Pool(store, 1, launcher=engine)
    queue.tick()
    (run.folder / "lock").touch()
    engine.states[run.name], full[0] = "ended", True
    for _ in range(3):
        assert queue.tick(), "it may not leave before that is written"
    assert (run.state, run.end) == ("lost", {})
    assert list(engine.states) == [run.name], "and it is not started over and over"
    full[0] = False
    assert not queue.tick()
    assert (run.state, run.end["why"]) == ("lost", "The engine gave it up.")


@pytest.mark.parametrize("wrong", [PermissionError(13, "Permission denied"), ValueError("nonsense"), RecursionError()])
def test_a_run_that_cannot_be_looked_at_holds_up_nobody(store, short, monkeypatch, wrong):
    bad, good = store.add(short()), store.add(short(seed=1))

    real = type(bad).state.fget

    def state(run):
        if run.name == bad.name:
            raise wrong
        return real(run)

    monkeypatch.setattr(type(bad), "state", property(state))
    engine = Engine()
    Pool(store, 2, launcher=engine).tick()
    assert list(engine.states) == [good.name]


def test_a_worker_that_cannot_be_started_now_is_tried_again_later(store, short, monkeypatch):
    engine, run, now = Engine(), store.add(short()), [100.0]
    monkeypatch.setattr(pool.time, "monotonic", lambda: now[0])
    start, refused = engine.start, [BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))]

    def refuse(run):
        if refused:
            raise refused.pop()
        return start(run)

    monkeypatch.setattr(engine, "start", refuse)
    queue = Pool(store, 1, launcher=engine)
    assert queue.tick()
    assert queue.why.startswith("No worker could be started")
    assert queue.tick()
    assert engine.states == {}, "not at once"
    now[0] += pool.AGAIN + 0.1
    assert queue.tick()
    assert list(engine.states) == [run.name]


def test_a_run_that_no_engine_takes_fails_and_the_next_one_starts(store, short, monkeypatch):
    bad, good = store.add(short()), store.add(short(seed=1))
    engine = Engine()
    start = engine.start
    monkeypatch.setattr(engine, "start", lambda run: 1 / 0 if run.name == bad.name else start(run))
    Pool(store, 2, launcher=engine).tick()
    assert bad.state == "failed"
    assert "could not be started" in bad.end["why"]
    assert list(engine.states) == [good.name]


def test_a_driver_that_fails_ends_no_runner(store, short, monkeypatch):
    """Nor does anything else that goes wrong between two looks."""

    class Broken:
        active, asked = True, 0

        def tick(self, free, at_once):
            self.asked += 1
            if self.asked == 3:
                self.active = False
            raise OSError(errno.ENOSPC, "No space left on device")

    engine, driver = Engine(), Broken()
    monkeypatch.setattr(pool, "Local", lambda: engine)
    monkeypatch.setattr("ssl_core.runs.runner.IDLE", 0.3)
    run = store.add(short())
    engine.state = lambda job: (run.folder / "end.json").write_text('{"state": "done", "why": ""}') and "ended"
    look_after(store, [driver])
    assert driver.asked >= 3
    assert run.state == "done"


@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT", "EFBIG"])
def test_every_way_of_a_disk_to_be_full_has_the_sentence(store, code):
    wrong = OSError(getattr(errno, code), "words of the system")
    assert disk.says_full(wrong)
    assert disk.in_words(wrong, store.root) == FULL
    assert not disk.says_full(OSError(errno.EACCES, "Permission denied"))
    assert not disk.says_full(ValueError("no space left"))


def test_a_store_that_cannot_be_written_is_named_with_what_to_do(store):
    words = disk.in_words(PermissionError(errno.EACCES, "Permission denied", "x"), store.root)
    assert str(store.root) in words
    assert "SSL_STORE" in words
    assert "\n" not in words


def test_a_worker_that_finds_no_room_even_for_its_end_is_buried_with_that_reason(store, short, monkeypatch):
    monkeypatch.setattr("ssl_core.runs.worker.child", dying.without_an_end)
    run = store.add(short(steps=5))
    queue = Pool(store, 1)
    while queue.tick():
        queue.wait(0.1)
    assert (run.state, run.end["why"]) == ("lost", FULL)
