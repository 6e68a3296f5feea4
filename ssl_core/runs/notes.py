"""What a runner writes into its log instead of ending."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

_noted = ""


def note(words: str) -> None:
    """Into the runner's log, once while it stays the same; a full disk takes no notes."""
    global _noted
    if words != _noted:
        _noted = words
        with contextlib.suppress(OSError):
            print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def noted(where: Path) -> Iterator[None]:
    """Whatever goes wrong inside is noted, and ends nothing: one bad folder must not take the others with it."""
    try:
        yield
    except Exception:
        note(f"{where}: {traceback.format_exc()}")
