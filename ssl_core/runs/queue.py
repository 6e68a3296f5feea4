"""The queue of a store: adding to it one at a time, and who in it comes before whom."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator

from ssl_core.runs.disk import in_words
from ssl_core.runs.files import kernel_lock
from ssl_core.runs.open_runs import OpenRuns
from ssl_core.runs.store import Run, Store

__all__ = ["OpenRuns", "adding", "ahead", "state_of"]

PATIENCE = 20.0  # seconds to wait for the others: two hundred runs are added in one


@contextlib.contextmanager
def adding(store: Store) -> Iterator[None]:
    """Look and add inside, and nobody else of any process does meanwhile; raises ValueError, one sentence."""
    try:
        lock = kernel_lock(store.root / "queue.lock", PATIENCE)
    except TimeoutError:
        raise ValueError("Others are starting runs at this moment: try again in some seconds.") from None
    except OSError as wrong:
        raise ValueError(in_words(wrong, store.root)) from None
    with lock:
        yield


def ahead(store: Store, mine: Collection[str] | None = None) -> list[Run]:
    """Runs that come before the named queued ones: all others that run, and those queued before the first of these.

    Without names: everything that would come before a run that is queued now.
    """
    first = min(mine or (), default="~")  # behind every name there is
    before = []
    for run in store.open_runs():
        state = state_of(run)
        if state == "running" or (state == "queued" and run.name < first):
            before.append(run)
    return before


def state_of(run: Run) -> str:
    """Its state; "broken" where its folder cannot be read, so that one folder never takes the others with it."""
    try:
        return run.state
    except (OSError, ValueError, RecursionError):
        return "broken"
