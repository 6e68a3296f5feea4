"""Where a new experiment is trained: asked only where an engine is set up beside this machine."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.plain import plain
from ssl_core.launch.choice import LAUNCHERS, offered
from ssl_core.runs.handed import Engine, engines
from ssl_core.runs.store import Store

KEY = "launcher"


def choose_launcher() -> None:
    """A choice among the launchers of this place; nothing at all where there is but one."""
    try:
        names = offered()
    except ValueError as wrong:
        st.caption(plain(wrong))
        return
    if len(names) > 1:
        titles = {name: LAUNCHERS[name].title[:1].upper() + LAUNCHERS[name].title[1:] for name in names}
        words = "A cluster trains more runs at a time. Charts, Stop and Resume work as they do for this machine."
        choose_one(st.selectbox, "Train on", titles, key=KEY, help=words)


def launcher() -> str:
    """The chosen one's name, or nothing for the usual one."""
    return st.session_state.get(KEY) or ""


def at_once(store: Store) -> int:
    """Runs that it takes at a time, as far as it is known here: an engine says that when it is first asked."""
    from ssl_core.launch.local import slots  # imports PyTorch

    name = launcher() or next(iter(_names()), "local")
    return slots() if name == "local" else max(1, engines(store.root).get(name, Engine()).places)


def _names() -> list[str]:
    try:
        return offered()
    except ValueError:
        return []
