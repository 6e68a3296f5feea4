"""What the Predict page shows before there is a network: one sentence, and a run of seconds to get one."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import starting
from pages.parts.shared.who import is_mine
from ssl_core.figures.look import duration
from ssl_core.runs.progress import describe
from ssl_core.runs.store import WAITING


def train_short() -> None:
    """Queue a short FixMatch run on the digits."""
    from ssl_core.runs.experiment import Experiment, launch

    try:
        knobs = {"fixmatch": {"steps": 400}}  # 23 ms each on one core: README, Speed
        experiment = Experiment("digits", ["fixmatch"], [40], [0], knobs)
        st.session_state["short"] = starting(store(), lambda: launch(store(), experiment)).id
    except (ValueError, OSError) as wrong:
        st.session_state["short_error"] = str(wrong)


def no_network_yet() -> None:
    """Say what is missing, and offer it."""
    st.info("There is no finished run to ask yet: train one on the Training page, or a small one here.")
    if wrong := st.session_state.pop("short_error", None):
        st.error(plain(wrong))
    waiting = _waiting()
    link, button = st.columns(2, vertical_alignment="center")
    link.page_link("training.py", label="Go to Training", icon=":material/model_training:")
    button.button(
        "Train a small network (about 15 s)", on_click=train_short, type="primary", key="short_start",
        disabled=bool(waiting), help="FixMatch on the digits with 40 labels and 400 steps.",
    )  # fmt: skip
    ticking(_watch, run_every=1.0 if waiting else None, key="short_watch")()


def _waiting() -> list[dict]:
    return [describe(run) for run in store().open_runs() if run.state in WAITING and is_mine(run)]


def _watch() -> None:
    """Progress of whatever trains; the page starts anew when something has finished."""
    waiting = _waiting()
    row = max(waiting, key=lambda one: one["step"], default=None)
    if row:
        left = f", {duration(row['left'])} left" if row["left"] is not None else ""
        st.progress(row["step"] / max(row["steps"], 1), f"Training: step {row['step']:,} of {row['steps']:,}{left}")
        st.session_state["short_seen"] = True
    elif st.session_state.pop("short_seen", False):
        st.rerun()
