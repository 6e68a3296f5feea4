"""The queue of a store: adding to it one at a time, and who in it comes before whom."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Collection, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ssl_core.runs.disk import in_words
from ssl_core.runs.files import kernel_lock
from ssl_core.runs.open_runs import OpenRuns
from ssl_core.runs.store import Run, Store
from ssl_core.runs.turns import Place, in_turn

__all__ = ["OpenRuns", "Queued", "adding", "ahead", "queue_now", "state_of"]

FRESH = 1.0  # seconds for which a look at the whole queue serves everybody
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


def ahead(store: Store, mine: Collection[str] | None = None, who: Collection[str] = ()) -> list[Run]:
    """Runs that come before the named queued ones: all others that run, and those whose turn is before theirs.

    Without names: everything that would come before a run that `who` queues now.
    """
    runs = [(run, state_of(run)) for run in store.open_runs()]
    running, queued = ([run for run, state in runs if state == wanted] for wanted in ("running", "queued"))
    order = [place.run for place in in_turn(store, queued, None if mine else who)]
    sought = mine or ()
    return running + list(itertools.takewhile(lambda run: run is not None and run.name not in sought, order))


class Queued(NamedTuple):
    """What is at work, and what waits in the order in which it is to start."""

    running: list[Run]
    waiting: list[Place]


def queue_now(store: Store) -> Queued:
    """The whole queue, looked at once a second for however many ask."""
    with _looking:
        at, line = _seen.get(store, (0.0, None))
        if line is None or not 0 <= time.monotonic() - at < FRESH:
            runs = [(run, state_of(run)) for run in store.open_runs()]
            queued = [run for run, state in runs if state == "queued"]
            line = Queued([run for run, state in runs if state == "running"], in_turn(store, queued))
            _seen[store] = (time.monotonic(), line)
        return line


_looking = threading.Lock()
_seen: WeakKeyDictionary[Store, tuple[float, Queued]] = WeakKeyDictionary()


def state_of(run: Run) -> str:
    """Its state; "broken" where its folder cannot be read, so that one folder never takes the others with it."""
    try:
        return run.state
    except (OSError, ValueError, RecursionError):
        return "broken"
