"""How long a running run has said nothing: stopped by somebody, or starved by what else runs there, it still lives."""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from ssl_core.runs.store import Run

UNUSUAL = 10  # times as long as between two of its rows, on average
LEAST = 30.0  # seconds that nobody need be told of

_seen: WeakKeyDictionary[Run, tuple[int, float]] = WeakKeyDictionary()  # rows, and when there was a new one


def silent_for(run: Run) -> float:
    """Seconds without a new row, as this process has observed it on a clock that nobody can set."""
    rows, now = len(run.tail.read()), time.monotonic()
    before, since = _seen.get(run, (-1, now))
    if rows != before:
        since = now
        _seen[run] = rows, since
    return now - since


def unusual_silence(run: Run) -> float:
    """The same, where it is much longer than this run is used to; else 0."""
    quiet, rows = silent_for(run), run.tail.read()
    last = rows[-1].get("seconds") if rows else None
    usual = last / len(rows) if isinstance(last, (int, float)) else 0.0
    return quiet if rows and quiet > max(LEAST, UNUSUAL * usual) else 0.0
