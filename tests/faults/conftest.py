"""The same stores and short runs as tests/runs has, and pages that look at such a store."""

from __future__ import annotations

import pytest
import streamlit as st

from tests.pages.conftest import _one_scan, problems, visit  # noqa: F401
from tests.runs.conftest import short, store  # noqa: F401


def pytest_collection_modifyitems(items):
    """What waits for processes waits as long as a busy machine takes."""
    for item in items:
        if "faults" in item.path.parts:
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture
def shown(store, visit, monkeypatch):  # noqa: F811
    """shown(run) -> the Training page with that run's experiment, without an error; no runner is started by it."""
    from ssl_core.runs import runner

    monkeypatch.setenv("SSL_STORE", str(store.root))
    monkeypatch.setattr(runner, "tend", lambda store: "there")
    monkeypatch.setattr(runner, "ensure_runner", lambda store: "there")
    st.cache_resource.clear()

    def look(run):
        page = visit("training.py", experiment=run.config["experiment"])
        assert problems(page) == []
        return page

    yield look
    st.cache_resource.clear()
