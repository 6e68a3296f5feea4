"""An agent that learns the augmentation, on the Generate page: its values, its choices, its rewards, and its worth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.generate.agent_live import NOTHING, draw_agent
from pages.parts.generate.agent_worth import worth
from pages.parts.generate.live_runs import of_experiment, runs_view, start_button
from pages.parts.generate.method_form import data_and_labels, experiment_of, seed_of_run
from pages.parts.generate.stage import staged
from pages.parts.shared.knob_widgets import knob_widget
from ssl_core.data.catalog import find_card

MAIN = ("alpha", "gamma", "epsilon", "epsilon_decay")
MORE = ("epsilon_least", "target", "replay", "sample", "updates", "turn", "levels", "count", "reward")
INTRODUCTION = (
    "This one paints nothing: it chooses what is done to pictures. Every few steps an agent picks operations and "
    "strengths for FixMatch's strong views, sees by how much validation accuracy moved, and learns which choices pay."
)
HOW = """
- A **turn** is a few steps of training. All strong views of a turn are made with what was chosen for it; each picture
  draws its own strength within, its own sign, and where pictures are tiny whether it acts at all.
- The **state** is what training says of itself: progress, validation accuracy, its last gain, the loss, the labelled
  loss, and the share of guesses that count. No hidden label is in it, and never the test.
- An **action** is one operation at one strength, from gentle to strong.
- The **reward** is what validation accuracy of the averaged network gained in the turn, in points. With fewer than 50
  validation pictures it is the gain in the probability of the labelled pictures' own classes.
- **Q**, a network of 64 and 32 units, says how many points an action is worth, later turns discounted by γ. With
  chance ε the agent tries something at random.
"""


def show() -> None:
    """The controls beside what the agent thinks; below, what it was measured to be worth."""
    st.caption(INTRODUCTION)
    staged(_form, lambda asked: start_button(of_experiment(asked), "agent"), _view, lambda asked: _words())
    st.info(
        "**MixMatch is no reinforcement learning.** Texts about augmentation call its models Q-learning agents. The "
        "paper (Berthelot et al. 2019, [arXiv:1905.02249](https://arxiv.org/abs/1905.02249)) has no agent, no action "
        "and no reward in it: one network guesses labels over K views, sharpens them and learns from mixtures. What "
        "exists is a search for the policy by its reward (AutoAugment: Cubuk et al. 2018) and deep Q-learning (Mnih et "
        "al. 2015). Put together they are what you see here."
    )
    worth()


def _words() -> None:
    with st.expander("How it works", key="agent_words"):
        st.markdown(HOW)
        st.latex(r"Q(s,a) \leftarrow Q(s,a) + \alpha\,\bigl[r + \gamma \max_{a'} Q'(s',a') - Q(s,a)\bigr]")


def _view(experiment: Any) -> None:
    asked = of_experiment(experiment)
    runs_view(asked, lambda learned: draw_agent(experiment, learned), key="agent", nothing=NOTHING)


def _form() -> Any:
    """Data, labels, seed and the agent's knobs; the experiment of one run, None where something is wrong."""
    from ssl_core.augment.agent import Agent
    from ssl_core.augment.presets import agent_text
    from ssl_core.knobs import knobs_of

    data, labels = data_and_labels("agent")
    knobs = knobs_of(Agent)
    values = {name: _widget(name, knobs[name]) for name in MAIN}
    with st.expander("More knobs", key="agent_knobs"):
        seed = seed_of_run("agent")
        values |= {name: _widget(name, knobs[name]) for name in MORE}

    def parts() -> tuple:
        changed = {name: knobs[name].check(name, value) for name, value in values.items()}
        strong = agent_text(find_card(data), **changed)
        return data, ["fixmatch"], [labels], [seed], {"fixmatch": {"strong": strong}}

    return experiment_of(parts)


def _widget(name: str, knob: Any) -> Any:
    return knob_widget(name, knob, knob.default, key=f"agent-{name}")
