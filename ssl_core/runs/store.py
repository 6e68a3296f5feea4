"""The folder of runs: what is there, and how to add to it.

What a run is stands in run.py; who asks for runs asks here.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ssl_core.people.limits import check_disk, check_waiting
from ssl_core.runs.files import write_json
from ssl_core.runs.filing import Filing
from ssl_core.runs.open_runs import OpenRuns
from ssl_core.runs.origin import origin_of
from ssl_core.runs.plain_files import because
from ssl_core.runs.run import ENDED, PHASE, RESUMABLE, STATES, WAITING, Run, Standing, Unreachable, identity, stop

__all__ = [
    "ENDED",
    "PHASE",
    "RESUMABLE",
    "STATES",
    "WAITING",
    "Run",
    "Standing",
    "Store",
    "Unreachable",
    "identity",
    "stop",
]
NAME = re.compile(r"[a-z0-9-]{1,80}")
MOST_QUEUED = 200
FREE_BYTES = 200 * 2**20
GRAIN = 50_000_000  # nanoseconds: no clock of a file system here is coarser
ARCHIVE = "archive"  # the folder of runs put aside: a store of its own


class Store:
    """All runs under one root. Cheap to ask again: folders are listed anew only when the root changed."""

    def __init__(self, root: str | Path) -> None:
        try:
            self.root = Path(root).resolve()
            self.root.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError, ValueError) as wrong:  # RuntimeError: links in a ring; ValueError: a NUL
            raise unreachable(root, "made", wrong) from None
        self._runs: dict[str, Run] = {}
        self._filing = Filing()
        self._listed: tuple[int, ...] = ()
        self._version = 0  # how often the names that are there have changed
        self._latest = 0  # when the latest was added, in milliseconds
        self._lock = threading.Lock()
        self.open_runs = OpenRuns(self)  # called, those that wait or run; one for all of this process who ask

    def runs(self) -> list[Run]:
        """Every run, oldest first; names of folders that are not ours are skipped."""
        return self.runs_and_version()[0]

    def runs_and_version(self) -> tuple[list[Run], int]:
        """The same, and a number that stays while none comes and none goes."""
        with self._lock:
            try:
                self._list()
            except FileNotFoundError:  # somebody deleted the store: it is empty, and there again for the next run
                self._make_again()
            except OSError as wrong:
                raise unreachable(self.root, "read", wrong) from None
            return list(self._runs.values()), self._version

    def _list(self) -> None:
        facts = self.root.stat()
        stamp = facts.st_mtime_ns, facts.st_mode, facts.st_ino
        if stamp == self._listed:
            return
        # A second change within the clock's grain has the same stamp: one that was fresh when this began is not kept.
        settled = abs(time.time_ns() - facts.st_mtime_ns) >= GRAIN
        with os.scandir(self.root) as entries:
            known = self._runs.keys()
            names = {
                entry.name
                for entry in entries
                if (entry.name in known or NAME.fullmatch(entry.name)) and entry.is_dir(follow_symlinks=False)
            } - {ARCHIVE}
        if names != self._runs.keys():
            before = self._runs
            self._runs = {name: before.get(name) or Run(self.root / name) for name in sorted(names)}
            come = [run for name, run in self._runs.items() if name not in before]
            self._filing.follow(come, [run for name, run in before.items() if name not in names])
            self._version += 1
        self._listed = stamp if settled else ()

    def _make_again(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._list()
        except OSError as wrong:
            raise unreachable(self.root, "made", wrong) from None

    def run(self, name: str) -> Run | None:
        """The run of that name, if it is one of the listing; the name never becomes a path by itself."""
        self.runs()
        return self._runs.get(name)

    def of_experiment(self, experiment: str) -> list[Run]:
        """The runs of one experiment, oldest first."""
        return self._filed("experiment", experiment)

    def of_kind(self, data: str, method: str, labels: int) -> list[Run]:
        """The runs of one method with one label count on one data set, oldest first."""
        return self._filed("kind", data, method, labels)

    def of_method(self, data: str, method: str) -> list[Run]:
        """The runs of one method on one data set, oldest first."""
        return self._filed("method", data, method)

    def of_data(self, data: str) -> list[Run]:
        """The runs on one data set, oldest first."""
        return self._filed("data", data)

    def of_search(self, search: str) -> list[Run]:
        """The trials of one search, oldest first."""
        return self._filed("search", search)

    def confirming(self, search: str) -> list[Run]:
        """The runs that look once more at what a search found, oldest first."""
        return self._filed("confirms", search)

    def experiments(self) -> list[str]:
        """Every experiment, newest first."""
        self.runs()
        with self._lock:
            return self._filing.experiments()

    def by_experiment(self) -> tuple[dict[str, list[Run]], tuple[int, int]]:
        """The same with the runs of each, oldest first; and what stays while none comes, goes or can be read anew."""
        self.runs()
        with self._lock:
            known = self._filing.by_experiment()
            return known, (self._version, self._filing.filed)

    def methods(self) -> list[tuple[str, str]]:
        """The data sets and methods that there are runs of, each pair once."""
        self.runs()
        with self._lock:
            return [(data, method) for data, method in self._filing.keys("method")]

    def _filed(self, *key: Any) -> list[Run]:
        """Each run is filed once: a live page asks every second, and must not look at a thousand others each time."""
        self.runs()
        with self._lock:
            return self._filing.under(*key)

    def waiting(self) -> list[Run]:
        """The runs that are queued."""
        return [run for run in self.open_runs() if run.state == "queued"]

    def check_room(self, more: int = 1, copies: int = 0) -> None:
        """Raise ValueError, one sentence, if this many more runs should not be queued, or so many finished copied."""
        queued = self.waiting()
        if len(queued) + more > MOST_QUEUED:
            raise ValueError(f"{len(queued)} runs are waiting already: let some finish before adding {more} more.")
        check_waiting(self, queued, more)
        check_disk(self, more + copies)
        try:
            free = shutil.disk_usage(self.root).free
        except OSError as wrong:
            raise unreachable(self.root, "read", wrong) from None
        if free < FREE_BYTES:
            raise ValueError(f"The disk is nearly full: free 200 MB at {self.root.name}/ and start again.")

    def add(self, config: dict[str, Any], fill: Callable[[Path], None] | None = None) -> Run:
        """Queue a checked configuration, with what its data is now: the folder appears whole.

        Its name sorts by submission. `fill` puts more into it before it appears, as a run that is taken over needs.
        """
        with self._lock:
            now = self._latest = max(int(time.time() * 1000), self._latest + 1)  # whole: no two are rounded to one
        stamp = datetime.datetime.fromtimestamp(now // 1000).strftime("%Y%m%d-%H%M%S") + f"{now % 1000:03d}"
        method = str(config["method"]).replace("_", "-")
        name = f"{stamp}-{method}-{config['labels']}-s{config['seed']}-{secrets.token_hex(2)}"
        aside, values = self.root / f".{name}", config | origin_of(config.get("data")) | {"created": now / 1000}
        try:
            self.root.mkdir(parents=True, exist_ok=True)  # somebody may have deleted it
            aside.mkdir()
            write_json(aside / "config.json", values)
            if fill:
                fill(aside)
            aside.rename(self.root / name)
        except OSError as wrong:
            shutil.rmtree(aside, ignore_errors=True)
            raise unreachable(self.root, "written", wrong) from None
        except ValueError:  # of what fills it
            shutil.rmtree(aside, ignore_errors=True)
            raise
        return self.run(name) or Run(self.root / name)

    def wake(self) -> None:
        """Tell the runner to look again, and to stay; where nothing can be written, nobody is told."""
        with contextlib.suppress(OSError):
            (self.root / "wake").touch()
            now = time.time_ns()  # the system's own stamp is as coarse as its clock: two words would be one
            os.utime(self.root / "wake", ns=(now, now))

    def trouble(self) -> str:
        """What keeps runs from being listed or added here, a sentence with what to do, or nothing."""
        try:
            self.runs()
        except Unreachable as wrong:
            return str(wrong)
        writable = os.access(self.root, os.W_OK | os.X_OK)
        return "" if writable else str(unreachable(self.root, "written", PermissionError(13, "Permission denied")))


def unreachable(root: str | Path, what: str, wrong: Exception) -> Unreachable:
    """The error of a store that cannot be made, read or written, as a sentence."""
    reason = because(wrong) if isinstance(wrong, OSError) else "that is no path"
    full = isinstance(wrong, OSError) and wrong.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "make room there" if full else "give this account the right to it"
    shown = str(root)[:200].encode(errors="replace").decode()
    return Unreachable(
        f"The folder of runs {shown} cannot be {what}: {reason}. Change that ({advice}), or name another folder with "
        "--store, or in SSL_STORE, and start again."
    )
