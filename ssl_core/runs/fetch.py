"""Prepares a data set in a process of its own, since that may import torchvision and take minutes.

    python -m ssl_core.runs.fetch STORE NAME

One process a data set: it holds a lock or leaves. What went wrong stays in a file until the next try.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from ssl_core.data import official
from ssl_core.data.catalog import prepare
from ssl_core.data.kept import place
from ssl_core.runs.files import read_json, write_json
from ssl_core.runs.process import start_python
from ssl_core.runs.store import Store

PATIENCE = 1.0  # seconds until a lock that is held is taken for that of another who prepares the same
_started: dict[Path, subprocess.Popen] = {}  # so that a page sees it working before it has its lock


class Fetching(NamedTuple):
    """How it stands: whether somebody is at it, what part of a download is here, and what went wrong last."""

    busy: bool
    share: float
    why: str


def _files(name: str) -> tuple[Path, Path, Path]:
    home = place(name)
    return tuple(home.with_name(f".{home.name}.{end}") for end in ("lock", "why.json", "log"))


def fetching(name: str) -> Fetching:
    """How the preparing of a data set stands."""
    lock, why, _ = _files(name)
    child = _started.get(lock)
    busy = child is not None and child.poll() is None
    if not busy and lock.exists():
        try:
            with FileLock(lock).acquire(blocking=False):
                pass
        except Timeout:
            busy = True
    try:
        reason = str(read_json(why).get("why", ""))
    except (OSError, ValueError):
        reason = ""
    return Fetching(busy, official.downloaded(name) if name in official.SOURCES else 0.0, "" if busy else reason)


def fetch(store: Store, name: str) -> None:
    """Start preparing a data set, unless somebody is at it."""
    lock, why, log = _files(name)
    if fetching(name).busy:
        return
    lock.parent.mkdir(parents=True, exist_ok=True)
    why.unlink(missing_ok=True)
    with open(log, "wb") as file:
        _started[lock] = start_python("ssl_core.runs.fetch", store.root, name, output=file, SSL_STORE=str(store.root))


def main() -> None:
    """Prepare, or leave the reason why not."""
    os.environ["SSL_STORE"], name = sys.argv[1:3]
    lock, why, _ = _files(name)
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock).acquire(timeout=PATIENCE):  # a page that looks holds it for an instant
            try:
                prepare(name, download=True)
            except ValueError as wrong:
                write_json(why, {"why": str(wrong)})
            except Exception as wrong:  # the one place that catches everything: the page shows the reason
                traceback.print_exc()
                write_json(why, {"why": f"It could not be prepared ({type(wrong).__name__}: {wrong})."})
    except Timeout:
        return


if __name__ == "__main__":
    main()
