"""Runs that a page started, without what they train: they wait, or they are short.

How many steps a budget of seconds is worth is tested elsewhere (tests/runs): a browser only has to see runs end.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from filelock import FileLock

from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store


@contextlib.contextmanager
def nothing_begins(store: Store) -> Iterator[None]:
    """While it lasts what is started waits in the queue: the lock of the store's runner is held here."""
    with FileLock(store.root / "runner.lock").acquire(timeout=60):
        yield


@contextlib.contextmanager
def short_runs(store: Store, count: int, steps: int = 60) -> Iterator[None]:
    """The `count` runs that are started while it lasts have this many steps when they begin, after it."""
    before = {run.name for run in store.runs()}
    with nothing_begins(store):
        yield
        limit = time.monotonic() + 120
        while len(store.runs()) < len(before) + count:
            assert time.monotonic() < limit, "nothing was started"
            time.sleep(0.05)
        for run in store.runs():
            if run.name not in before:
                training = run.config["training"] | {"steps": steps}
                write_json(run.folder / "config.json", run.config | {"training": training})
