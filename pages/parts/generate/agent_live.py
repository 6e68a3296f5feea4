"""The run whose augmentation an agent chooses: start it, and see what the agent thinks while the network learns."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pace import pace, started
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import may_end, starting
from pages.parts.shared.who import runs_shown
from pages.parts.training.replay import replay_bar
from ssl_core.figures import agent as figures
from ssl_core.figures.look import duration, percent
from ssl_core.runs import runner
from ssl_core.runs.agent import thoughts
from ssl_core.runs.progress import describe, finished
from ssl_core.runs.store import RESUMABLE, Run
from ssl_core.runs.waiting import why_waiting


def run_of(experiment: Any) -> Run | None:
    """The experiment's one run."""
    return next(iter(runs_shown(experiment.id)), None) if experiment else None


def start_button(experiment: Any) -> None:
    """Start what is chosen, or go on with it."""
    run = run_of(experiment)
    state = run.state if run else ""
    words = "Go on" if state in RESUMABLE else "It has learned" if state == "done" else "Start"
    off = experiment is None or state not in ("", *RESUMABLE)
    st.button(
        words, type="primary", width="stretch", key="agent_start", disabled=off, on_click=_start, args=(experiment,)
    )
    if wrong := st.session_state.pop("agent_error", None):
        st.error(plain(wrong))


def _start(experiment: Any) -> None:
    from ssl_core.runs.experiment import launch

    try:
        starting(store(), lambda: launch(store(), experiment))
        started()
    except (ValueError, OSError) as wrong:
        st.session_state["agent_error"] = str(wrong)


def agent_view(experiment: Any) -> None:
    """Everything about the run, kept up to date while it learns."""
    run = run_of(experiment)
    often = pace([describe(run)]) if run else None
    if often:
        with suppress(OSError):
            store().wake()
            runner.ensure_runner(store())
    ticking(_live, run_every=often, key="agent_live")(experiment, often)


def _live(experiment: Any, often: float | None) -> None:
    run = run_of(experiment)
    row = describe(run) if run else None
    if often and (row is None or pace([row]) != often):
        st.rerun()  # once more as a whole, with another timer or none
    _headline(run, row)
    if experiment is None:
        return
    from ssl_core.train.agent import first_row

    (config,) = experiment.configs()
    rows, steps = (thoughts(run) if run else []) or [first_row(config)], config.training.steps
    over, now = row is not None and finished(row), rows[-1]
    past = {"frames": figures.values_frames(rows, steps)} if over and len(rows) > 1 else None
    replay_bar(run.name if run else "", ready=past is not None, empty=len(rows) < 2, of="it")
    left, right = st.columns(2)
    with left:
        st.markdown("**What it thinks each choice is worth**")
        live_chart(
            figures.values_chart(now), alt=figures.values_words(now), key="agent_values", height=figures.height(now),
            past=past,
        )  # fmt: skip
        st.caption("Q in the present state, in points of validation accuracy. Framed: chosen now. ★: the best.")
    with right:
        st.markdown("**What it chose over time**")
        live_chart(
            figures.chosen_chart(rows, steps),
            alt=figures.chosen_words(rows),
            key="agent_chosen",
            height=figures.height(now),
        )
        st.caption("Each column is a span of training, the darker the more of its choices fell on an operation.")
    st.markdown("**What that earned, and how often it still tries at random**")
    live_chart(figures.reward_chart(rows, steps), alt=figures.reward_words(rows), key="agent_reward", height=300)
    st.caption(plain(figures.reward_words(rows)))


def _headline(run: Run | None, row: dict[str, Any] | None) -> None:
    """One line of state, how far it is, and the button that stops it, always in the same place."""
    words, stop = st.columns([4, 1], vertical_alignment="center")
    if row is None:
        words.progress(0.0, "No agent has learned this yet. Press **Start**: it takes about half a minute.")
    else:
        left = f", {duration(row['left'])} left" if row["left"] and not finished(row) else ""
        why = f" {row['why']}" if row["why"] else f" {why_waiting(store(), [row])}"
        test = f" Test accuracy {percent(row['value'])}." if row["value"] is not None else ""
        text = f"{row['state'].capitalize()}: step {row['step']:,} of {row['steps']:,}{left}.{test}{why}"
        words.progress(row["step"] / max(row["steps"], 1), plain(text))
    why_not = may_end(store(), [run]) if run else ""
    off = row is None or finished(row) or bool(why_not)
    if stop.button("Stop", key="agent_stop", disabled=off, width="stretch", help=why_not or None) and not why_not:
        try:
            run.stop()
        except OSError as wrong:
            st.error(plain(wrong))
