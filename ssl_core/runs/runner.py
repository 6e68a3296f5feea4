"""Starts queued runs, oldest first, at most as many at a time as there are GPUs or processor cores, or an engine has.

    python -m ssl_core.runs.runner STORE

One runner a store: it takes runner.lock or leaves. It leaves by itself after an idle minute. Where the runs are run is
a launcher's to say (ssl_core/launch), and what else there is to run, that of the drivers it was given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from filelock import FileLock, Timeout

from ssl_core.launch.local import slots
from ssl_core.runs.ensure import ensure_runner, tend  # noqa: F401 - whoever queues runs asks here
from ssl_core.runs.notes import noted
from ssl_core.runs.pool import Pool  # whoever trains here asks here, too
from ssl_core.runs.pools import Pools
from ssl_core.runs.queue import OpenRuns, state_of
from ssl_core.runs.store import Run, Store

IDLE = 60.0  # seconds without work after which the runner leaves
LOOK = 0.1  # seconds between two looks
GLANCE = 0.02  # seconds between two glances at whether somebody queued something: one file's time, a look costs more


class Driver(Protocol):
    """What queues further runs by itself, such as a search."""

    active: bool  # whether it may queue more later

    def tick(self, free: int, at_once: int) -> list[Run]:
        """Look once; `free` is how many more runs could start now, of `at_once`. Returns the runs it queued."""


def look_after(store: Store, drivers: Sequence[Driver]) -> None:
    """Be the runner of a store until there has been nothing to do for a minute."""
    pools, busy_at = Pools(store), time.monotonic()
    with noted(store.root):
        pools.first.launcher.warm()
    woken = None
    while time.monotonic() - busy_at < IDLE:
        busy, stamp = False, _stamp(store)  # read before the look: whoever wakes us during it is not missed
        with noted(store.root):
            busy = pools.tick()
            free = pools.first.free
            for driver in drivers:
                free -= len(driver.tick(free, pools.first.most))
        if busy or any(driver.active for driver in drivers) or stamp != woken:
            busy_at, woken = time.monotonic(), stamp
        _rest(pools.first, lambda stamp=stamp: _stamp(store) != stamp)


def _rest(pool: Pool, woken: Callable[[], bool]) -> None:
    """Until the next look: a job ended, somebody queued something, or it is time."""
    until = time.monotonic() + LOOK
    while not pool.wait(GLANCE) and not woken() and time.monotonic() < until:
        pass


def _stamp(store: Store) -> int:
    try:
        return (store.root / "wake").stat().st_mtime_ns
    except OSError:
        return 0


def serve(store: Store, drivers_of: Callable[[Store], Sequence[Driver]]) -> None:
    """Take the lock or leave; look once more after letting go of it, so that no run is forgotten."""
    while True:
        try:
            with FileLock(store.root / "runner.lock").acquire(timeout=1):  # a page that looks holds it for an instant
                look_after(store, drivers_of(store))
        except Timeout:
            return
        drivers = drivers_of(store)
        for driver in drivers:
            with noted(store.root):
                driver.tick(0, slots())
        waiting = any(state_of(run) == "queued" for run in OpenRuns(store)())
        if not waiting and not any(driver.active for driver in drivers):
            return


if __name__ == "__main__":
    from ssl_core.launch.runner_process import main

    main()
