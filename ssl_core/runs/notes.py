"""What a runner writes into its log instead of ending."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

MOST = 200  # troubles that are remembered
_noted: list[str] = []  # the newest last


def note(words: str) -> None:
    """Into the runner's log, once while no many others come between: several may come at every look, ten a second.

    A full disk takes no notes.
    """
    if words not in _noted:
        _noted.append(words)
        del _noted[:-MOST]
        with contextlib.suppress(OSError):
            print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def noted(where: Path) -> Iterator[None]:
    """Whatever goes wrong inside is noted, and ends nothing: one bad folder must not take the others with it."""
    try:
        yield
    except Exception:
        note(f"{where}: {traceback.format_exc()}")
