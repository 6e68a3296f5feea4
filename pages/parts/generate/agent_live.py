"""What an agent thinks while the network learns: its values, its choices and what they earned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.generate.live_runs import Learned
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.training.replay import replay_bar
from ssl_core.figures import agent as figures
from ssl_core.figures.look import percent
from ssl_core.runs.agent import thoughts

NOTHING = "No agent has learned this yet. Press **Start**: it takes about half a minute."


def draw_agent(experiment: Any, learned: Learned) -> None:
    """Everything about the run; nothing where none is chosen."""
    if experiment is None:
        return
    from ssl_core.train.agent import first_row

    (config,), (run, row), over = experiment.configs(), learned.first, learned.over
    rows, steps = (thoughts(run) if run else []) or [first_row(config)], config.training.steps
    now = rows[-1]
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
    if row and row["value"] is not None:
        st.caption(f"Test accuracy {percent(row['value'])}.")
