"""Ctrl-C and a polite kill, turned into a clean stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import Any


class Interrupts:
    """While inside, the first Ctrl-C or SIGTERM calls `stop`; a second Ctrl-C does not wait."""

    def __init__(self, stop: Callable[[], Any]) -> None:
        self.stop = stop

    def __enter__(self) -> None:
        self.before = {s: signal.signal(s, self._asked) for s in (signal.SIGINT, signal.SIGTERM)}

    def _asked(self, number: int, frame: Any) -> None:
        print("\nStopping after this step; run the same command to go on.", file=sys.stderr)
        signal.signal(signal.SIGINT, self.before[signal.SIGINT])
        self.stop()

    def __exit__(self, *error: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
