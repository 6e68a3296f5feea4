"""See that a runner looks after a store: start one where none does, one at a time, and slower where they die."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from ssl_core.launch.choice import usual
from ssl_core.people.classroom import classroom
from ssl_core.runs.process import start_python
from ssl_core.runs.store import Store

Care = Literal["there", "starting", "restarted", "failing"]
STARTING = 30.0  # seconds that a runner may take from its start to its lock; it stays for longer than that
GONE = 30.0  # a runner that was seen this many seconds ago has not left because there was nothing to do
FAILURES = 3  # runners in a row that died before anybody saw them work: somebody should look into their log
SLOWEST = 60.0  # seconds between two tries, at most


class _Keeper:
    """What this process knows of the runners of one store."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.processes: list[subprocess.Popen] = []  # that we started; one that nobody asks after stays a zombie
        self.started = self.seen = float("-inf")  # when we last started one, and last saw one hold the lock
        self.failures = 0
        self.care: Care = "starting"

    def tend(self, root: Path) -> Care:
        now = time.monotonic()
        gone = [process for process in self.processes if process.poll() is not None]
        self.processes = [process for process in self.processes if process not in gone]
        if _held(root):
            self.seen, self.failures, self.care = now, 0, "there"
            return self.care
        self.failures += self.seen < self.started and any(process.returncode for process in gone)
        coming = bool(self.processes) and self.seen < self.started and now - self.started < STARTING
        pause = min(SLOWEST, 2.0**self.failures) if self.failures else 0.0
        if coming or now - self.started < pause:
            return self.care
        self.care = "restarted" if now - self.seen < GONE else "starting"
        if self.failures >= FAILURES:
            self.care = "failing"
        self.processes.append(_start(root))
        self.started = now
        return self.care


def _held(root: Path) -> bool:
    try:
        with FileLock(root / "runner.lock").acquire(blocking=False):
            return False
    except Timeout:
        return True


def _start(root: Path) -> subprocess.Popen:
    try:
        with open(root / "runner.log", "ab") as log:
            return start_python("ssl_core.runs.runner", root, output=log)
    except OSError:  # no log is no reason not to work
        return start_python("ssl_core.runs.runner", root, output=subprocess.DEVNULL)


_keepers: dict[Path, _Keeper] = {}


def tend(store: Store) -> Care:
    """Start a runner if none looks after this store; cheap enough for every second of every open page.

    "there": one has the lock. "starting": one was started. "restarted": one had the lock moments ago, and another was
    started in its place. "failing": several died before anybody saw that. Raises OSError for a store out of reach.
    """
    keeper = _keepers.setdefault(store.root, _Keeper())
    with keeper.lock:
        return keeper.tend(store.root)


def ensure_runner(store: Store) -> Care:
    """Tell the runner to look again, and see that there is one."""
    with contextlib.suppress(OSError):  # a full disk: whoever looks after the store finds out by itself
        store.wake()
    return tend(store)


def ensure_ahead(store: Store) -> None:
    """Have a runner wait for a first run that may be asked for; it leaves after an idle minute.

    Nothing is started where runs are an engine's, or may not begin.
    """
    with contextlib.suppress(OSError, ValueError):  # whoever starts something is told
        if usual() == "local" and not classroom(store).paused:
            ensure_runner(store)
