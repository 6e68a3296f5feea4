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
from ssl_core.runs.store import Run, Store
from ssl_core.runs.turns import Place, in_turn

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


class OpenRuns:
    """The runs of a store that may still need something; ended ones are remembered until somebody wakes us."""

    def __init__(self, store: Store, only: Collection[str] = ()) -> None:
        self.store, self.only = store, only
        self._ended: set[str] = set()
        self._woken = 0

    def __call__(self) -> list[Run]:
        """Oldest first."""
        with contextlib.suppress(FileNotFoundError):
            woken = (self.store.root / "wake").stat().st_mtime_ns
            if woken != self._woken:
                self._woken, self._ended = woken, set()
        runs = [r for r in self.store.runs() if r.name not in self._ended and (not self.only or r.name in self.only)]
        self._ended |= {run.name for run in runs if _has_ended(run)}
        return [run for run in runs if run.name not in self._ended]


def _has_ended(run: Run) -> bool:
    """A folder that nobody may look into waits for nothing, either."""
    try:
        return (run.folder / "end.json").exists()
    except OSError:
        return True


_open: WeakKeyDictionary[Store, OpenRuns] = WeakKeyDictionary()  # so that a live page looks only at what is open


def ahead(store: Store, mine: Collection[str] | None = None, who: Collection[str] = ()) -> list[Run]:
    """Runs that come before the named queued ones: all others that run, and those whose turn is before theirs.

    Without names: everything that would come before a run that `who` queues now.
    """
    runs = [(run, state_of(run)) for run in _open.setdefault(store, OpenRuns(store))()]
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
            runs = [(run, state_of(run)) for run in _open.setdefault(store, OpenRuns(store))()]
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
