"""The runs of a store that may still need something: a look at what is open, however many have ended.

That a run has ended is seen once, and held for true until its name is gone, or somebody says that it goes on: whoever
resumes a run writes its name into RESUMED. What nobody says (an end.json deleted by hand) is found by looking again at
some of the ended ones each second, and at more of them when somebody wakes the store.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Collection
from typing import TYPE_CHECKING

from ssl_core.runs import checked
from ssl_core.runs.files import Tail
from ssl_core.runs.run import RESUMED, Run

if TYPE_CHECKING:
    from ssl_core.runs.store import Store

EVERY = 1.0  # seconds between two looks at ended ones
SOME, MANY = 100, 1000  # ended runs that are looked at again: each time, and after a wake


class OpenRuns:
    """Calling it gives them, oldest first; `only` are the names that matter."""

    def __init__(self, store: Store, only: Collection[str] = ()) -> None:
        self.store, self.only = store, only
        self._open: dict[str, Run] = {}
        self._ended: dict[str, Run] = {}
        self._turn: deque[str] = deque()  # names of ended ones, the next to be looked at first; some may be open again
        self._resumed = Tail(store.root / RESUMED, checked.resumed)
        self._told = self._version = self._woken = 0
        self._next = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> list[Run]:
        """Those without an end, whatever they are: queued, running, lost, broken."""
        with self._lock:
            self._follow()
            self._reopen()
            for name in [name for name, run in self._open.items() if has_ended(run)]:
                self._ended[name] = self._open.pop(name)
                self._turn.append(name)
            return [run for _, run in sorted(self._open.items())]

    def _follow(self) -> None:
        """Take up what was added, forget what went away; a run that comes back is looked at like any other."""
        runs, version = self.store.runs_and_version()
        if version == self._version:
            return
        there = {run.name: run for run in runs if not self.only or run.name in self.only}
        self._ended = {name: run for name, run in self._ended.items() if there.get(name) is run}
        self._turn = deque(self._ended)
        self._open = {name: run for name, run in there.items() if name not in self._ended}
        self._version = version

    def _reopen(self) -> None:
        """What was resumed, and what an ended one became by hand."""
        doubtful = [row["run"] for row in self._news()]
        stamp, now = _stamp(self.store), time.monotonic()
        if stamp != self._woken or now >= self._next:
            most = MANY if stamp != self._woken else SOME
            self._woken, self._next = stamp, now + EVERY
            doubtful += [self._turn.popleft() for _ in range(min(most, len(self._turn)))]
        for name in doubtful:
            if (run := self._ended.get(name)) is None:
                continue
            if has_ended(run):
                self._turn.append(name)
            else:
                self._open[name] = self._ended.pop(name)

    def _news(self) -> list[dict[str, str]]:
        rows = self._resumed.read()
        fresh = rows[self._told :] if self._told <= len(rows) else rows  # somebody may have put a shorter one there
        self._told = len(rows)
        return fresh


def has_ended(run: Run) -> bool:
    """A folder that nobody may look into waits for nothing, either."""
    try:
        os.stat(f"{run.folder}/end.json")  # noqa: PTH116 - a path object costs more than the look
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _stamp(store: Store) -> int:
    try:
        return (store.root / "wake").stat().st_mtime_ns
    except OSError:
        return 0
