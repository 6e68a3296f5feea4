"""Garbage is not collected after every tick, but it is collected."""

from __future__ import annotations

import asyncio
import gc
import tomllib
import types
import weakref
from pathlib import Path

from streamlit.runtime import Runtime
from streamlit.runtime.caching.ttl_cache import TTLCache
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from pages.parts.shared.garbage import GROWN, PACE, collect_at_a_pace, let_go_of_closed
from tests.pages.conftest import PATIENT

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
            limit = asyncio.get_running_loop().time() + PATIENT
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


def collected(**senses: object) -> int:
    """Collections in the first tenth of a second, of a pace that is never reached."""
    calls = []

    async def wait() -> None:
        task = asyncio.create_task(collect_at_a_pace(1000, lambda: calls.append(1), look=0.01, **senses))
        limit = asyncio.get_running_loop().time() + PATIENT
        while not calls and asyncio.get_running_loop().time() < limit:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        task.cancel()

    asyncio.run(wait())
    return len(calls)


def test_sooner_where_memory_grew_and_where_a_session_was_let_go_of():
    grown = iter([0, GROWN - 1, GROWN])  # at first, and at two looks
    assert collected(memory=lambda: next(grown, GROWN), let_go=lambda: 0) == 1
    left = iter([0, 2])
    assert collected(memory=lambda: 0, let_go=lambda: next(left, 0)) == 1


def test_a_closed_session_is_let_go_of_though_nobody_comes(monkeypatch):
    now = [0.0]
    storage = MemorySessionStorage(ttl_seconds=120)
    storage._cache = TTLCache(maxsize=128, ttl=120, timer=lambda: now[0])
    server = types.SimpleNamespace(_session_mgr=WebsocketSessionManager(storage, None, None, None))
    monkeypatch.setattr(Runtime, "exists", lambda: True)
    monkeypatch.setattr(Runtime, "instance", lambda: server)
    session = Circle()
    session.id = "closed"
    storage.save(types.SimpleNamespace(session=session))
    gone = weakref.ref(session)
    del session
    now[0] = 119
    assert let_go_of_closed() == 0
    now[0] = 121
    assert let_go_of_closed() == 1
    gc.collect()
    assert gone() is None
