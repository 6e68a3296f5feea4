"""Threads that work aside and leave when the process ends: torch aborts it where one is still computing then."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable

PATIENCE = 10.0  # seconds for what is being computed
ending = threading.Event()
_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


def start(work: Callable[[], None], name: str) -> None:
    """Work in a thread that looks at `ending` now and then."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    _threads.add(thread)
    thread.start()


@atexit.register
def _leave() -> None:
    ending.set()
    for thread in list(_threads):
        thread.join(PATIENCE)
