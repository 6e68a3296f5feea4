"""A heartbeat beside the lock, for stores on a network file system, which does not keep the lock of another machine.

The worker writes "SECONDS COUNT" into the file `beat` every SECONDS; whoever looks decides by what changed. No clock
of two machines is compared, and none that somebody may set.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

MISSED = 3  # beats in a row, and the worker is gone
CLOCK = ".clock"  # beside the runs: touching it tells the file system's own time


@contextlib.contextmanager
def beating(folder: Path, seconds: float) -> Iterator[None]:
    """Beat while inside; 0 seconds is no heartbeat, no thread and no file."""
    if not seconds:
        yield
        return
    over = threading.Event()

    def beat() -> None:
        count = 0
        while True:
            with contextlib.suppress(OSError):  # a full disk or a lost connection is not the end of a run
                _write_over(folder / "beat", f"{seconds:g} {count:012}\n".encode())
            count += 1
            if over.wait(seconds):
                return

    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write_over(path: Path, content: bytes) -> None:
    """Put content over what is there, of the same length: a worker killed at any moment leaves no empty file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.write(file, content)
    finally:
        os.close(file)


class Pulse:
    """What one observer has seen of a run's heartbeat."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "beat"
        self._seen: tuple[str, int] | None = None
        self._changed = 0.0  # on the monotonic clock

    def alive(self) -> bool | None:
        """Whether the heart beats; None for a run without a heartbeat.

        The first look compares the file with another written on the same file system just now. From then on only what
        this observer saw change counts, on a clock that nobody can set.
        """
        try:
            text = self.path.read_text()  # opening it makes a network file system ask for news
            seen = text, self.path.stat().st_mtime_ns
        except (OSError, UnicodeDecodeError):
            return None
        patience, now = MISSED * _seconds(text), time.monotonic()
        if self._seen is None:
            self._changed = now - self._age(seen[1])
        elif seen != self._seen:
            self._changed = now
        self._seen = seen
        return now - self._changed <= patience

    def _age(self, stamp: int) -> float:
        """Seconds since a stamp of this file system, told by itself; 0 where nothing can be written."""
        clock = self.path.parent.parent / CLOCK
        try:
            clock.touch()
            return max(0.0, (clock.stat().st_mtime_ns - stamp) / 1e9)
        except OSError:
            return 0.0


def _seconds(text: str) -> float:
    """Seconds between two beats, as the worker wrote them; 5 if they cannot be read."""
    try:
        return min(max(float(text.split()[0]), 0.01), 600.0)
    except (ValueError, IndexError):
        return 5.0
