"""Runs that a page started, without what they train: they wait, or they are short.

How many steps a budget of seconds is worth is tested elsewhere (tests/runs): a browser only has to see runs end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store


@contextlib.contextmanager
def nothing_begins(store: Store) -> Iterator[None]:
    """While it lasts what is started waits in the queue: the lock of the store's runner is held here.

    One that Training started beforehand would hold it for an idle minute: it is ended, and has nothing to lose.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"ssl_core.runs.runner" in words and os.fsencode(store.root) in words:
                os.kill(int(process.name), signal.SIGKILL)
    with FileLock(store.root / "runner.lock").acquire(timeout=300):
        yield


@contextlib.contextmanager
def short_runs(store: Store, count: int, steps: int = 60) -> Iterator[None]:
    """The `count` runs that are started while it lasts have this many steps when they begin, after it."""
    before = {run.name for run in store.runs()}
    with nothing_begins(store):
        yield
        limit = time.monotonic() + 300
        while len(store.runs()) < len(before) + count:
            assert time.monotonic() < limit, "nothing was started"
            time.sleep(0.05)
        for run in store.runs():
            if run.name not in before:
                training = run.config["training"] | {"steps": steps}
                write_json(run.folder / "config.json", run.config | {"training": training})
