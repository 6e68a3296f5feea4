"""A button that queues runs: what went wrong is kept until the page is drawn again, and is said beside the button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.shared.pace import started
from pages.parts.shared.pages import entry_at
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, trouble
from pages.parts.shared.visitor import starting
from ssl_core.runs import ensure
from ssl_core.runs.disk import in_words as disk_words


def be_ready(page: str) -> None:
    """Behind a page that may start something: have a runner wait, whose workers begin at once.

    Training and Search see to their runner themselves, before they are drawn.
    """
    if entry_at(page).ready and not trouble():
        ensure.ensure_ahead(store())


def begin(launch: Callable[[], Any], key: str) -> None:
    """Queue what `launch` queues, as this browser's; the runner trains it, Training shows, stops and resumes it."""
    started()
    try:
        starting(store(), launch)
    except ValueError as wrong:
        st.session_state[f"{key}_wrong"] = str(wrong)
    except OSError as wrong:
        st.session_state[f"{key}_wrong"] = disk_words(wrong, store().root)


def said_wrong(key: str) -> None:
    """Say what went wrong with the last `begin` of this key, once."""
    if wrong := st.session_state.pop(f"{key}_wrong", None):
        st.error(plain(wrong))


def begin_experiment(experiment: Any, key: str) -> None:
    """begin with an ordinary experiment."""
    from ssl_core.runs.experiment import launch

    begin(lambda: launch(store(), experiment), key)
