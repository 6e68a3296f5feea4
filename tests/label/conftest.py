"""A store of its own for every test, and a journal of the digits in it."""

from __future__ import annotations

import pytest

from ssl_core.label import heads, turns
from ssl_core.label import journal as journals
from ssl_core.label.journal import Journal


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "store"))
    for room in (journals, turns):  # ten who click at once wait for each other, however slow the disk is
        monkeypatch.setattr(room, "PATIENCE", 170.0)
    return tmp_path / "store"


@pytest.fixture
def journal(store):
    return Journal("digits", ("cat", "dog", "bird"))


@pytest.fixture
def quick(monkeypatch):
    """Both lines learn in a moment: clouds lie apart, and how well a line learns is tested elsewhere."""
    monkeypatch.setattr(heads, "QUICK", {name: facts | {"steps": 20} for name, facts in heads.QUICK.items()})
