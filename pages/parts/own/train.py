"""The third step: one button trains three methods with every label there is."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.own.bring import Ready, keep
from pages.parts.own.features import features_for
from pages.parts.own.result import runs_of
from pages.parts.shared.address import choose_one
from pages.parts.shared.pace import started
from pages.parts.shared.plain import plain
from pages.parts.shared.queue_words import plan_words
from pages.parts.shared.visitor import starting
from pages.parts.training.form import BUDGETS
from ssl_core.data.card import Card
from ssl_core.runs.defaults import OWN_BUDGET, own_experiment
from ssl_core.runs.store import Store

WHAT = (
    "Trains the supervised baseline, which sees the labelled pictures alone, and MixMatch and FixMatch, which learn "
    "from the others, too: each once, with all the labels you have."
)


def train_step(store: Store, card: Card | None, ready: Ready | None) -> None:
    """The button, and what it will start from and take; always in the same place."""
    st.markdown("##### 3. Train")
    left, right = st.columns([1, 1.7], gap="large")
    with left:
        label = f"Train with all {card.known:,} labels" if card and ready else "Train with all the labels"
        pressed = st.button(label, type="primary", key="own_train", width="stretch", disabled=not ready, help=WHAT)
        budget = choose_one(st.selectbox, "Time", BUDGETS, OWN_BUDGET, key="budget",
                            help="What does not fit takes fewer training steps.")  # fmt: skip
    with right:
        model = _network(ready)
        place = st.empty()
    go = st.session_state.pop("own_go", False)
    if pressed and ready and not card:
        st.session_state["own_go"] = True
        with place.container():
            keep(ready)  # comes back to this page with the pictures kept; if not, it has said why
        del st.session_state["own_go"]
    elif (pressed or go) and card and ready:
        with place.container(), st.spinner("Starting", show_time=True):
            _launch(store, card, model, budget)
    elif wrong := st.session_state.pop("own_error", None):
        place.error(plain(wrong))
    elif card and ready and not runs_of(store, card):
        place.markdown(_plan_words(store, card, model, budget))
    else:
        place.caption(WHAT)


def _network(ready: Ready | None) -> str:
    """The network that runs start from, or nothing for one that knows nothing yet."""
    model, sentence = features_for(ready.channels, ready.side) if ready else ("", "")
    if not model:
        return ""
    chosen = st.toggle(
        "Start from features learned elsewhere", True, key="own_features", persist_state="session",
        help="Photographs gain most: a network that starts from nothing needs many labels. Off: it learns from "
        "your pictures alone.",
    )  # fmt: skip
    st.caption(sentence if chosen else "Each network learns from your pictures alone.")
    return model if chosen else ""


def _plan(store: Store, card: Card, model: str, budget: int) -> Any:
    """The experiment within its budget, as ssl_core.runs.budget says it; raises ValueError, one sentence."""
    from ssl_core.runs.budget import fit
    from ssl_core.runs.runner import slots

    return fit(store, own_experiment(card.name, card.known, model), budget or None, slots())


def _plan_words(store: Store, card: Card, model: str, budget: int) -> str:
    try:
        plan = _plan(store, card, model, budget)
    except ValueError as wrong:
        return plain(wrong)
    return f"{WHAT} {plan_words(plan)}"


def _launch(store: Store, card: Card, model: str, budget: int) -> None:
    from ssl_core.runs.experiment import launch

    started()
    try:
        experiment = _plan(store, card, model, budget).experiment
        starting(store, lambda: launch(store, experiment))
    except (ValueError, OSError) as wrong:
        st.session_state["own_error"] = str(wrong)
    st.rerun()
