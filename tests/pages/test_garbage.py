"""Garbage is not collected after every tick, but it is collected."""

from __future__ import annotations

import asyncio
import gc
import tomllib
import weakref
from pathlib import Path

from pages.parts.shared.garbage import PACE, collect_at_a_pace

HOUSE = Path(__file__).resolve().parents[2]


class Circle:
    """Holds itself: only the collector ends it."""

    def __init__(self) -> None:
        self.me = self


def test_what_holds_itself_is_gone_after_a_while():
    async def wait() -> list[object]:
        task = asyncio.create_task(collect_at_a_pace(0.02))
        seen = []
        for _ in range(3):
            circle = weakref.ref(Circle())
            limit = asyncio.get_running_loop().time() + 20
            while circle() is not None and asyncio.get_running_loop().time() < limit:
                await asyncio.sleep(0.01)
            seen.append(circle())
        task.cancel()
        return seen

    gc.disable()
    try:
        assert asyncio.run(wait()) == [None, None, None]
    finally:
        gc.enable()


def test_at_most_once_in_its_pace():
    calls = []

    async def wait() -> float:
        began = asyncio.get_running_loop().time()
        task = asyncio.create_task(collect_at_a_pace(0.2, lambda: calls.append(1)))
        await asyncio.sleep(0.3)
        task.cancel()
        return asyncio.get_running_loop().time() - began  # longer than that on a busy machine

    took = asyncio.run(wait())
    assert len(calls) <= took / 0.2
    assert PACE == 60


def test_streamlit_leaves_it_to_the_server_and_the_server_does_it():
    settings = tomllib.loads((HOUSE / ".streamlit" / "config.toml").read_text())
    assert settings["runner"]["postScriptGC"] is False
    import app as house

    async def tasks() -> set[str]:
        async with house.lifespan(house.app):
            return {task.get_name() for task in asyncio.all_tasks()}

    assert "collect garbage" in asyncio.run(tasks())
    assert house.app._user_lifespan is house.lifespan
