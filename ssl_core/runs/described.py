"""Runs as rows, described once for all who look: again only where something in a run's folder has changed.

Fifty pages that watch one experiment would read the same files fifty times a second, and build the same rows of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from ssl_core.runs.progress import describe
from ssl_core.runs.store import PHASE, Run

END, LOCK = "end.json", "lock"
FILES = ("", "config.json", END, "metrics.jsonl", LOCK, "stop", "beat", PHASE)  # "": what lies in the folder at all
Sight = tuple[Any, ...]

_described: WeakKeyDictionary[Run, tuple[Sight, dict[str, Any]]] = WeakKeyDictionary()


def described(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Each run as progress.describe tells it now.

    A run in whose folder nothing has changed has the very same row as before, whoever asked for it: not to be changed,
    and quickly known to be equal.
    """
    return [_row(run) for run in runs]


def _row(run: Run) -> dict[str, Any]:
    seen = sight(run)  # before the description: what changes meanwhile is seen the next time
    kept = _described.get(run)
    if kept and kept[0] == seen:
        return kept[1]
    row = describe(run)
    if kept and kept[1] == row:
        row = kept[1]
    _described[run] = seen, row
    return row


def sight(run: Run) -> Sight:
    """What changes whenever the description of a run may: how its files stand, and whether its worker lives."""
    files = tuple(_identity(f"{run.folder}/{name}") for name in FILES)
    begun = files[FILES.index(LOCK)] and not files[FILES.index(END)]
    return files, run.standing() if begun else None  # whether a lock is held stands in no file


def _identity(path: str) -> tuple[int, ...]:
    """As runs.run.identity of a path that is written out: seven a run, for every page in every second."""
    try:
        facts = os.lstat(path)
    except OSError:
        return ()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_mode, facts.st_uid
