"""Starts queued runs, oldest first, at most as many at a time as there are GPUs or processor cores.

    python -m ssl_core.runs.runner STORE

One runner a store: it takes runner.lock or leaves. It leaves by itself after an idle minute. Where the runs are run is
a launcher's to say (ssl_core/launch), and what else there is to run, that of the drivers it was given.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from filelock import FileLock, Timeout

from ssl_core.launch import Job, Launcher
from ssl_core.launch.local import Local, slots
from ssl_core.runs.files import write_json
from ssl_core.runs.process import start_python
from ssl_core.runs.store import Run, Store

PATIENCE = 5.0  # seconds between a polite stop and a kill
IDLE = 60.0  # seconds without work after which the runner leaves
LOOK = 0.1  # seconds between two looks


class Pool:
    """The queued runs of a store, or those in `only`, at most `most` at a time."""

    def __init__(self, store: Store, most: int, only: set[str] | None = None, launcher: Launcher | None = None) -> None:
        self.store, self.most, self.only = store, most, only
        self.launcher: Launcher = launcher or Local()
        self.jobs: dict[str, Job] = {}  # of runs that we started, by name
        self._asked: dict[str, float] = {}  # when we first saw that a run should stop
        self._ended: set[str] = set()
        self._woken = 0
        self.free = most  # how many more runs could start now

    def open_runs(self) -> list[Run]:
        """Runs that may still need something; ended ones are remembered until somebody wakes us."""
        with contextlib.suppress(FileNotFoundError):
            woken = (self.store.root / "wake").stat().st_mtime_ns
            if woken != self._woken:
                self._woken, self._ended = woken, set()
        runs = [r for r in self.store.runs() if r.name not in self._ended and (not self.only or r.name in self.only)]
        still = []
        for run in runs:
            if (run.folder / "end.json").exists():
                self._ended.add(run.name)
            else:
                still.append(run)
        return still

    def tick(self) -> bool:
        """Bury, stop and start what there is to; returns whether there is still something to do."""
        self._bury()
        runs = self.open_runs()
        states = {run.name: run.state for run in runs}
        mine = [run for run in runs if run.name in self.jobs]
        others = [run for run in runs if run.name not in self.jobs and states[run.name] == "running"]
        for run in mine + others:
            self._enforce(run, states[run.name])
        queued = [run for run in runs if states[run.name] == "queued" and run.name not in self.jobs]
        # A job whose run has ended counts until its process has: it still holds its place.
        room = max(0, self.most - len(self.jobs) - len(others))
        for run in queued[:room]:
            self.jobs[run.name] = self.launcher.start(run)
        self.free = room - len(queued)
        return bool(others or queued or self.jobs)

    def wait(self, seconds: float) -> None:
        """Until a job ends, or this long."""
        self.launcher.wait(seconds)

    def _bury(self) -> None:
        """Take note of jobs that ended; a run that could not say how it ended gets an epitaph."""
        for name, job in list(self.jobs.items()):
            if self.launcher.state(job) != "ended":
                continue
            del self.jobs[name]
            why, run = self.launcher.why(job), self.store.run(name)
            if why and run and not run.end:
                _epitaph(run, why)

    def _enforce(self, run: Run, state: str) -> None:
        """End a job that need not begin any more, or that did not honour the stop file in time."""
        if not run.stopping():
            self._asked.pop(run.name, None)
            return
        waited = time.monotonic() - self._asked.setdefault(run.name, time.monotonic())
        job = self.jobs.get(run.name) or self.launcher.find(run)
        if job and (self.launcher.state(job) == "waiting" or (waited > PATIENCE and state == "running")):
            self.launcher.stop(job)


def _epitaph(run: Run, why: str) -> None:
    end = {"state": "lost", "why": why}
    if run.stopping():
        end = {"state": "stopped", "why": f"It did not stop by itself within {PATIENCE:g} seconds and was ended."}
    with contextlib.suppress(FileNotFoundError):  # the folder may have been deleted under the worker
        write_json(run.folder / "end.json", end)


_started: list[subprocess.Popen] = []  # so that a runner that left does not stay a zombie


def ensure_runner(store: Store) -> None:
    """See that a runner looks after this store; cheap when one does."""
    store.wake()
    _started[:] = [process for process in _started if process.poll() is None]
    try:
        with FileLock(store.root / "runner.lock").acquire(blocking=False):
            pass
    except Timeout:
        return
    with open(store.root / "runner.log", "ab") as log:
        _started.append(start_python("ssl_core.runs.runner", store.root, output=log))


class Driver(Protocol):
    """What queues further runs by itself, such as a search."""

    active: bool  # whether it may queue more later

    def tick(self, free: int, at_once: int) -> list[Run]:
        """Look once; `free` is how many more runs could start now, of `at_once`. Returns the runs it queued."""


def look_after(store: Store, drivers: Sequence[Driver]) -> None:
    """Be the runner of a store until there has been nothing to do for a minute."""
    pool, busy_at = Pool(store, slots()), time.monotonic()
    pool.launcher.warm()
    woken = None
    while time.monotonic() - busy_at < IDLE:
        stamp = (store.root / "wake").stat().st_mtime_ns if (store.root / "wake").exists() else 0
        busy = pool.tick()
        free = pool.free
        for driver in drivers:
            free -= len(driver.tick(free, pool.most))
        if busy or any(driver.active for driver in drivers) or stamp != woken:
            busy_at, woken = time.monotonic(), stamp
        pool.wait(LOOK)


def serve(store: Store, drivers_of: Callable[[Store], Sequence[Driver]]) -> None:
    """Take the lock or leave; look once more after letting go of it, so that no run is forgotten."""
    while True:
        try:
            with FileLock(store.root / "runner.lock").acquire(blocking=False):
                look_after(store, drivers_of(store))
        except Timeout:
            return
        drivers = drivers_of(store)
        for driver in drivers:
            driver.tick(0, slots())
        waiting = any(run.state == "queued" for run in Pool(store, 1).open_runs())
        if not waiting and not any(driver.active for driver in drivers):
            return


if __name__ == "__main__":
    from ssl_core.launch.runner_process import main

    main()
