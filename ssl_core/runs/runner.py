"""Starts queued runs, oldest first, at most as many at a time as there are GPUs or processor cores.

    python -m ssl_core.runs.runner STORE

One runner a store: it takes runner.lock or leaves. It leaves by itself after an idle minute.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

from ssl_core.runs.files import write_json
from ssl_core.runs.store import Run, Store

PATIENCE = 5.0  # seconds between a polite stop and a kill
IDLE = 60.0  # seconds without work after which the runner leaves
LOOK = 0.1  # seconds between two looks


def slots() -> int:
    """Runs at a time: one a GPU, else one a core."""
    import torch

    return torch.cuda.device_count() or cores()


def cores() -> int:
    """Processor cores that this process may use, on every operating system."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    count = getattr(os, "process_cpu_count", os.cpu_count)  # from Python 3.13 on, the one that knows of limits
    return count() or 1


def _context() -> multiprocessing.context.BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ssl_core.runs.preload"])
    return context


class Pool:
    """Worker processes for the queued runs of a store, or for those in `only`."""

    def __init__(self, store: Store, most: int, only: set[str] | None = None) -> None:
        self.store, self.most, self.only = store, most, only
        self.children: dict[str, tuple[multiprocessing.process.BaseProcess, int]] = {}
        self._context = _context()
        self._ended: set[str] = set()
        self._woken = 0
        self.free = most  # how many more runs could start now

    def warm(self) -> None:
        """Start the process that workers are forked from, before there is anything to do."""
        if self._context.get_start_method() == "forkserver":
            from multiprocessing import forkserver

            forkserver.ensure_running()

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
        mine = [run for run in runs if run.name in self.children]
        others = [run for run in runs if run.name not in self.children and states[run.name] == "running"]
        for run in mine + others:
            self._enforce(run)
        queued = [run for run in runs if states[run.name] == "queued" and run.name not in self.children]
        # A child whose run has ended counts until its process has: it still holds its slot.
        room = max(0, self.most - len(self.children) - len(others))
        for run in queued[:room]:
            self._start(run)
        self.free = room - len(queued)
        return bool(others or queued or self.children)

    def wait(self, seconds: float) -> None:
        """Until a child ends, or this long."""
        sentinels = [process.sentinel for process, _ in self.children.values()]
        if sentinels:
            multiprocessing.connection.wait(sentinels, timeout=seconds)
        else:
            time.sleep(seconds)

    def _start(self, run: Run) -> None:
        from ssl_core.runs.worker import child

        taken = {slot for _, slot in self.children.values()}
        slot = next(i for i in range(self.most) if i not in taken)
        device = slot if _gpus() > 1 else None
        process = self._context.Process(target=child, args=(str(run.folder), device), daemon=False)
        process.start()
        self.children[run.name] = (process, slot)

    def _bury(self) -> None:
        """Take note of children that ended; one that could not say how it ended gets an epitaph."""
        for name, (process, _) in list(self.children.items()):
            if process.exitcode is None:
                continue
            process.join()
            del self.children[name]
            run = self.store.run(name)
            if run and not run.end and process.exitcode:
                _epitaph(run, process.exitcode)

    def _enforce(self, run: Run) -> None:
        """Kill a worker that did not honour the stop file in time, also one whose runner is gone."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            if time.time() - (run.folder / "stop").stat().st_mtime > PATIENCE and run.held():
                os.killpg(int((run.folder / "pid").read_text()), signal.SIGKILL)


def _gpus() -> int:
    import torch

    return torch.cuda.device_count()


def _epitaph(run: Run, exitcode: int) -> None:
    if run.stopping():
        end = {"state": "stopped", "why": f"It did not stop by itself within {PATIENCE:g} seconds and was ended."}
    elif exitcode == -signal.SIGKILL:
        end = {"state": "lost", "why": "The worker was killed, by hand or because memory ran out. Resume goes on."}
    else:
        end = {"state": "lost", "why": f"The worker ended without a word (exit code {exitcode}). Resume goes on."}
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
    house = Path(__file__).resolve().parents[2]
    paths = os.pathsep.join(filter(None, [str(house), os.environ.get("PYTHONPATH")]))
    with open(store.root / "runner.log", "ab") as log:
        _started.append(
            subprocess.Popen(
                [sys.executable, "-m", "ssl_core.runs.runner", str(store.root)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": paths},
                start_new_session=True,
            )
        )


def look_after(store: Store) -> None:
    """Be the runner of a store until there has been nothing to do for a minute."""
    from ssl_core.search.driver import Driver

    pool, driver, busy_at = Pool(store, slots()), Driver(store), time.monotonic()
    pool.warm()
    woken = None
    while time.monotonic() - busy_at < IDLE:
        stamp = (store.root / "wake").stat().st_mtime_ns if (store.root / "wake").exists() else 0
        busy = pool.tick()
        driver.tick(pool.free, pool.most)
        if busy or driver.active or stamp != woken:
            busy_at, woken = time.monotonic(), stamp
        pool.wait(LOOK)


def main() -> None:
    """Take the lock or leave; look once more after letting go of it, so that no run is forgotten."""
    from ssl_core.search.driver import Driver

    store = Store(sys.argv[1])
    while True:
        try:
            with FileLock(store.root / "runner.lock").acquire(blocking=False):
                look_after(store)
        except Timeout:
            return
        driver = Driver(store)
        driver.tick(0, slots())
        if not driver.active and not any(run.state == "queued" for run in Pool(store, 1).open_runs()):
            return


if __name__ == "__main__":
    main()
