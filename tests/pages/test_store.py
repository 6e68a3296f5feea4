"""A store that cannot be made, read or written is one sentence on every page, with the folder and what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
import time
from types import SimpleNamespace

import pytest
import streamlit as st

from pages.parts.shared.pages import PAGES as LISTED
from pages.parts.shared.pages import file_of
from ssl_core.runs.store import Store, Unreachable, unreachable
from ssl_core.train.config import configure

PAGES = [file_of(entry.name) for entry in LISTED]


def tracebacks(test):
    return [wrong.value for wrong in test.exception]


@pytest.mark.parametrize("file", PAGES)
@pytest.mark.parametrize("kind", ["nowhere", "file", "ring"])
def test_a_store_that_cannot_be_made_is_said_on_every_page(visit, tmp_path, monkeypatch, file, kind):
    root = tmp_path / "store"
    if kind == "file":
        root.write_text("mine")
    elif kind == "ring":
        root.symlink_to(root)
    else:
        root = "/proc/nope"
    monkeypatch.setenv("SSL_STORE", str(root))
    st.cache_resource.clear()
    test = visit(file)
    assert tracebacks(test) == []
    said = [e.value for e in test.error]
    assert len([words for words in said if str(root) in words and "SSL_STORE" in words]) == 1, said


@pytest.mark.parametrize("file", PAGES)
def test_a_store_that_may_not_be_read_any_more_is_said_on_every_page(visit, store, monkeypatch, file):
    store.add(configure("digits", "fixmatch", 20, 0).to_dict() | {"experiment": "x"})
    test = visit(file)

    def denied(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("ssl_core.runs.store.os.scandir", denied)
    store.root.chmod(0o700)  # root may read what nobody else may, so the refusal is played; its sign is real
    test.run()
    assert tracebacks(test) == []
    assert any(f"{store.root} cannot be read: permission denied." in e.value for e in test.error)


@pytest.mark.parametrize("file", PAGES)
def test_a_store_that_may_not_be_written_is_said_and_its_runs_are_shown(visit, store, monkeypatch, file):
    run = store.add(configure("digits", "fixmatch", 20, 0).to_dict() | {"experiment": "x"})
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, how: str(path) != str(store.root) and real(path, how))

    def denied(store):
        raise PermissionError(errno.EACCES, "Permission denied", str(store.root / "runner.lock"))

    for module in ("ssl_core.runs.runner", "ssl_core.runs.experiment", "pages.parts.training.experiment_view"):
        monkeypatch.setattr(f"{module}.ensure_runner", denied)
    test = visit(file)
    assert tracebacks(test) == []
    assert any(f"{store.root} cannot be written: permission denied." in e.value for e in test.error)
    if file == "runs.py":
        assert list(test.dataframe[0].value["run"]) == [run.name]


def test_a_store_deleted_between_two_ticks_is_empty_and_there_again(visit, store):
    store.add(configure("digits", "fixmatch", 20, 0).to_dict() | {"experiment": "x"})
    test = visit("runs.py")
    shutil.rmtree(store.root)
    test.run()
    assert tracebacks(test) == []
    assert "No run yet" in test.info[0].value
    assert store.root.is_dir()


def test_a_button_pressed_on_a_store_that_went_away_says_so(visit, store, monkeypatch):
    test = visit("home.py")
    shutil.rmtree(store.root)
    store.root.write_text("a file now")
    next(b for b in test.button if "default experiment" in b.label).click().run()
    assert tracebacks(test) == []
    assert any(str(store.root) in e.value for e in test.error)


def test_the_sentence_is_one_sentence_about_what_happened():
    for wrong in (OSError(errno.ENOSPC, "No space left on device"), ValueError("embedded null byte")):
        words = str(unreachable("a\0b" * 500, "made", wrong))
        assert words.endswith("start again.")
        assert len(words) < 500
    with pytest.raises(Unreachable, match="cannot be made"):
        Store("a\0b")


def test_ticks_take_turns_and_one_that_hangs_holds_nobody_up(monkeypatch):
    """Of many ticks a few run at once; a page's whole run waits for none of them."""
    from pages.parts.shared import store as turns

    context = SimpleNamespace(fragment_ids_this_run=["live"])
    monkeypatch.setattr(turns, "get_script_run_ctx", lambda: context)
    now, most, lock = [0], [0], threading.Lock()

    def tick() -> None:
        with turns._turn():
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.01)
            with lock:
                now[0] -= 1

    threads = [threading.Thread(target=tick) for _ in range(10)]
    monkeypatch.setattr(turns, "LONGEST", 60.0)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most[0] <= turns.AT_ONCE
    with contextlib.ExitStack() as hang:
        for _ in range(turns.AT_ONCE):
            hang.enter_context(turns._turn())
        monkeypatch.setattr(turns, "LONGEST", 0.01)
        context.fragment_ids_this_run = None
        with monkeypatch.context() as patch:
            patch.setattr(turns, "_turns", None)
            with turns._turn():
                pass  # somebody opens a page: that asks for no turn
        context.fragment_ids_this_run = ["live"]
        with turns._turn():
            pass  # the next tick comes all the same
    assert turns._turns._value == turns.AT_ONCE, "every turn was given back"


def test_pages_take_turns_and_those_that_take_long_hold_nobody_up_for_ever(visit, monkeypatch):
    """A page has its turn while it is shown, and gives it back also where it goes wrong; it is shown without one, too."""
    from pages.parts.shared import store as turns

    free = lambda: turns._page_turns._value  # noqa: E731
    seen = []

    def show() -> None:
        seen.append(free())
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        turns.show_with_store(show)
    assert seen == [turns.PAGES_AT_ONCE - 1] and free() == turns.PAGES_AT_ONCE
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    with contextlib.ExitStack() as hang:
        for _ in range(turns.PAGES_AT_ONCE):
            hang.enter_context(turns._page_turn())
        assert visit("home.py").title
    assert free() == turns.PAGES_AT_ONCE, "every turn was given back, and none twice"
