"""What Start says where everything is trained already: look at it again, or train it again with other seeds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.pace import started
from pages.parts.shared.visitor import starting
from pages.parts.training.replay import show_again
from pages.parts.training.where import launcher
from ssl_core.runs.disk import in_words
from ssl_core.runs.store import Store

THERE = "all_there"


def start(store: Store, experiment: Any) -> None:
    """Queue an experiment and attach the page to it; remember if all of it was there."""
    from ssl_core.runs.experiment import launch  # imports PyTorch

    started()
    st.session_state.pop(THERE, None)
    try:
        launched = starting(store, lambda: launch(store, experiment, launcher()))
    except ValueError as wrong:
        st.session_state["error"] = str(wrong)
        return
    except OSError as wrong:
        st.session_state["error"] = in_words(wrong, store.root)
        return
    st.session_state["experiment"] = launched.id
    if all(run.state == "done" for run in launched.runs):
        st.session_state[THERE] = (launched.id, len(launched.runs))


def all_there(store: Store, experiment: Any) -> None:
    """Under Start, if it found everything of this experiment done: what to do instead."""
    name, runs = st.session_state.get(THERE, ("", 0))
    if experiment is None or name != experiment.id:
        return
    whole = "The one run is" if runs == 1 else f"All {runs} runs are"
    with st.container(border=True, key="all_there"):
        st.markdown(f"{whole} trained already, so nothing was started.")
        st.button("Show it again", key="show_again", width="stretch", on_click=_show, args=(name,))
        st.button(
            "Train again with other seeds",
            key="other_seeds",
            width="stretch",
            on_click=_with_fresh_seeds,
            args=(store, experiment),
            help="The same comparison with other labelled pictures and other first weights, as an experiment of its "
            "own: does the result hold?",
        )


def _show(name: str) -> None:
    st.session_state["experiment"] = name
    show_again()


def _with_fresh_seeds(store: Store, experiment: Any) -> None:
    from ssl_core.runs.fresh_seeds import with_fresh_seeds

    start(store, with_fresh_seeds(store, experiment))
