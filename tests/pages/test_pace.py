"""How often a page looks at an experiment."""

from __future__ import annotations

import time

import pytest

from pages.parts.shared import pace as room

ROW = {"state": "queued", "value": None, "judged": None}


@pytest.fixture
def state(monkeypatch):
    kept = {}
    monkeypatch.setattr(room.st, "session_state", kept)
    return kept


def test_only_who_has_just_started_looks_often_and_only_until_there_is_something_to_see(state):
    assert room.pace([ROW]) == room.TICK, "somebody else's experiment"
    room.started()
    assert room.pace([ROW, ROW]) == room.SOON
    for key in ("value", "judged"):
        assert room.pace([ROW, ROW | {key: 0.1}]) == room.TICK
    state["started_at"] = time.monotonic() - room.PATIENCE
    assert room.pace([ROW]) == room.TICK, "it takes long: pictures are looked at, or others have their turn"


def test_what_is_finished_is_not_looked_at_again(state):
    room.started()
    assert room.pace([]) is None
    assert room.pace([ROW | {"state": "done", "value": 0.5}]) is None
