"""Garbage is collected at a pace, not after every tick of every visitor (`runner.postScriptGC`, off in config.toml).

A collection looks at everything that every open session keeps; with many of them ticking once a second, that was
most of what a tick cost. Streamlit keeps a closed session for two minutes and lets go of it when somebody else comes:
here it is let go of even if nobody does.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
from collections.abc import Callable
from pathlib import Path

from streamlit.runtime import Runtime

PACE = 60.0  # seconds between two collections, where memory does not grow
LOOK = 10.0  # seconds between two looks at memory and at closed sessions
GROWN = 64 * 2**20  # bytes more than after the last collection: then it is time at once


async def collect_at_a_pace(
    pace: float = PACE,
    collect: Callable[[], object] = gc.collect,
    *,
    look: float = LOOK,
    memory: Callable[[], int] | None = None,
    let_go: Callable[[], int] | None = None,
) -> None:
    """Collect once in every `pace` seconds, for ever; Python's own collector goes on beside it.

    Sooner, at one of the looks between, where memory has grown or sessions were let go of: their files and threads
    end with them.
    """
    memory, let_go = memory or used, let_go or let_go_of_closed
    clock = asyncio.get_running_loop().time
    last, before = clock(), memory()
    while True:
        await asyncio.sleep(min(look, pace))
        if let_go() or clock() - last >= pace or memory() - before >= GROWN:
            collect()
            last, before = clock(), memory()


def let_go_of_closed() -> int:
    """How many sessions were let go of that were closed longer ago than Streamlit keeps them for."""
    if not Runtime.exists():
        return 0
    sessions = Runtime.instance()._session_mgr
    with sessions._storage_lock:  # names of streamlit 1.67, which is pinned
        return len(sessions._session_storage._cache.expire())


def used() -> int:
    """Bytes of memory of this process; 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
