"""Garbage is collected at a pace, not after every tick of every visitor (`runner.postScriptGC`, off in config.toml).

A collection looks at everything that every open session keeps; with many of them ticking once a second, that was
most of what a tick cost.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

PACE = 60.0  # seconds


async def collect_at_a_pace(pace: float = PACE, collect: Callable[[], object] = gc.collect) -> None:
    """Collect once in every `pace` seconds, for ever; Python's own collector goes on beside it."""
    while True:
        await asyncio.sleep(pace)
        collect()
