"""How often a page looks at an experiment."""

from __future__ import annotations

import time

import pytest

from pages.parts.shared import pace as room

ROW = {"state": "queued"}


@pytest.fixture
def state(monkeypatch):
    kept = {}
    monkeypatch.setattr(room.st, "session_state", kept)
    return kept


def test_only_who_has_just_started_looks_often_and_only_for_the_first_seconds(state):
    assert room.pace([ROW]) == room.TICK, "somebody else's experiment"
    room.started()
    assert room.pace([ROW, ROW]) == room.SOON
    state["started_at"] = time.monotonic() - room.PATIENCE
    assert room.pace([ROW]) == room.TICK, "it takes long: pictures are looked at, or others have their turn"


def test_what_is_finished_is_not_looked_at_again(state):
    room.started()
    assert room.pace([]) is None
    assert room.pace([ROW | {"state": "done"}]) is None


def test_a_first_dot_is_drawn_before_the_page_is_made_again_with_another_timer(monkeypatch):
    """And a button that was pressed in that moment is heard."""
    from pages.parts.training import experiment_view as view

    happened = []
    monkeypatch.setattr(view, "_parts", lambda *of: happened.append("drawn"))
    monkeypatch.setattr(view.st, "rerun", lambda: happened.append("again"))
    monkeypatch.setattr(view, "pace", lambda rows: room.TICK)
    view._live(None, None, room.SOON)
    view._live(None, None, room.TICK)
    assert happened == ["drawn", "again", "drawn"]
