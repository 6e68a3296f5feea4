"""The store of runs that every page of this server shares, and what a page says where it cannot be reached."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts.shared.plain import plain
from ssl_core.runs.store import Store, Unreachable


@st.cache_resource
def store() -> Store:
    """The runs under $SSL_STORE, or runs/ beside app.py; raises Unreachable, a sentence."""
    root = os.environ.setdefault("SSL_STORE", str(Path(__file__).resolve().parents[3] / "runs"))
    return Store(root)


def trouble() -> str:
    """What keeps runs from being listed or started, a sentence, or nothing."""
    try:
        return store().trouble()
    except Unreachable as wrong:
        return str(wrong)


def show_with_store(show: Callable[[], None]) -> None:
    """Show a page under the sentence about a store that cannot be reached, if so; what needs none works on."""
    said = trouble()
    if said:
        st.error(plain(said))
    with _in_words(said), _page_turn():
        show()


@contextlib.contextmanager
def _in_words(said: str) -> Iterator[None]:
    """Where the store went away meanwhile, the sentence, unless it was said already."""
    try:
        yield
    except OSError as wrong:
        why = str(wrong) if isinstance(wrong, Unreachable) else trouble()
        if not why:
            raise
        if why != said:
            st.error(plain(why))


AT_ONCE = 2  # ticks; more would only wait for each other: Python runs one thread at a time
LONGEST = 3.0  # seconds a tick waits for its turn: one that hangs, on a disk that is away, must not stop the others
_turns = threading.BoundedSemaphore(AT_ONCE)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the turns, unless this is a page's whole run."""
    context = get_script_run_ctx()
    got = bool(context and context.fragment_ids_this_run) and _turns.acquire(timeout=LONGEST)
    try:
        yield
    finally:
        if got:
            _turns.release()


PAGES_AT_ONCE = 4  # whole runs of pages; the loop that sends what they make has its turn among them, not after fifty
PATIENCE = 1.0  # seconds a page waits for its turn: those that look at pictures for long must not hold up a click
_page_turns = threading.BoundedSemaphore(PAGES_AT_ONCE)


@contextlib.contextmanager
def _page_turn() -> Iterator[None]:
    """Wait for one of the pages' turns; when a class arrives they come one after the other, not all at the end."""
    got = _page_turns.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if got:
            _page_turns.release()


def ticking(part: Callable[..., None], *, run_every: float | None, key: str) -> Callable[..., None]:
    """st.fragment, in which a store that went away between two ticks is a sentence, too.

    Ticks take turns, so that a page that somebody opens need not share the processor with all of them.
    """

    @functools.wraps(part)
    def show(*args: object) -> None:
        with _in_words(""), _turn() if run_every else contextlib.nullcontext():
            part(*args)

    return st.fragment(show, run_every=run_every, key=key)
