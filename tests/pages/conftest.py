"""Pages as Streamlit runs them, without a browser: each test gets its own store and no runner."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from ssl_core.playground.play import TRAINING
from ssl_core.runs import ensure, runner
from ssl_core.runs.store import Store

HOUSE = Path(__file__).resolve().parents[2]
PATIENT = 300  # seconds that a busy machine may take for a page, or for what a page began aside
MAIN = sys.modules["__main__"]


def pytest_collection_modifyitems(items):
    """How long a page takes is no assertion: the machine may be busy."""
    for item in items:
        if "pages" in item.path.parts:
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(autouse=True, scope="session")
def _one_scan():
    """What AppTest repeats with every run of a page is done once, and it sleeps until the page's thread has ended.

    It looks through every installed package for components (80 ms), and whether a page is done a thousand times a
    second, while the page waits for the same interpreter.
    """
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        look = local_script_runner.require_widgets_deltas
        patch.setattr(local_script_runner, "require_widgets_deltas", functools.partial(_sleep_until_done, look))
        yield


def _sleep_until_done(look, page, timeout):
    """However short the test's own `timeout` is, which Streamlit sets to three seconds where nobody says anything."""
    page._script_thread.join(PATIENT)
    sys.modules["__main__"] = MAIN  # a page takes its place, and a process begun anew runs what stands there
    look(page, PATIENT if page.script_stopped() else 0.0)  # which raises where it took too long


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "runs"))
    monkeypatch.setattr(runner, "ensure_runner", lambda store: store.wake())
    monkeypatch.setattr(runner, "tend", lambda store: "there")
    monkeypatch.setattr(ensure, "ensure_ahead", lambda store: store.wake())
    monkeypatch.setattr("ssl_core.runs.experiment.ensure_runner", lambda store: store.wake())
    monkeypatch.setattr("pages.parts.training.experiment_view.ensure_runner", lambda store: store.wake())
    monkeypatch.setitem(TRAINING, "steps", 20)  # of a film of the playground, whose numbers other tests look at
    st.cache_resource.clear()
    return Store(tmp_path / "runs")


@pytest.fixture
def visit(store):
    """visit("training.py", experiment="...") -> the page, run once inside its frame."""

    def go(page: str | None = None, **query) -> AppTest:
        test = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=150)
        if page:
            test.switch_page(str(HOUSE / "pages" / page))
        for key, value in query.items():
            test.query_params[key] = value
        return test.run()

    return go


def problems(test: AppTest) -> list[str]:
    """Tracebacks and error boxes on the page."""
    return [e.value for e in [*test.exception, *test.error]]
