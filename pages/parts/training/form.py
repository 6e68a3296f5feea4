"""What a new experiment compares: data, methods, label counts, seeds, a time budget and the knobs of each method."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from pages.parts.data.bring import again
from pages.parts.shared.address import choose_one, choose_some
from pages.parts.shared.plain import plain
from pages.parts.shared.queue_words import plan_words
from pages.parts.shared.seed import SEEDS
from pages.parts.training.again import all_there, start
from pages.parts.training.knobs import choose_knobs
from pages.parts.training.strong_view import strong_view
from pages.parts.training.variants import choose_variants
from pages.parts.training.where import at_once, choose_launcher
from ssl_core.data.card import Card
from ssl_core.data.catalog import card as card_of
from ssl_core.data.catalog import needs, titles
from ssl_core.data.holds import holds
from ssl_core.intervals import small_test
from ssl_core.runs import defaults
from ssl_core.runs.store import Store

BUDGETS = {  # seconds
    0: "as long as it takes",
    20: "20 s",
    60: "1 min",
    120: "2 min",
    300: "5 min",
    600: "10 min",
    1800: "30 min",
}


def experiment_form(store: Store, *, lesson: bool = False) -> str | None:
    """The controls of a new experiment, and its Start button; its id, None where something is wrong.

    In a lesson the experiment is the lesson's, apart from everybody's own.
    """
    place = (
        st.empty()
    )  # Start comes first: on the first screen of a phone, and a few tab stops from the page's beginning
    with place.container():
        st.skeleton(height=110)
    data = choose_one(st.selectbox, "Data", titles(), key="data", on_change=_fit_labels)
    card = card_of(data)
    with st.expander("About these pictures", type="compact", key="about_data"):
        st.caption(plain(" ".join(filter(None, (card.text, holds(card), card.licence)))))
    if warning := small_test(card.test):
        st.caption(warning)
    again(data)
    rest = st.empty()
    with rest.container():
        st.skeleton(height=420)
    from ssl_core.runs.runner import ensure_runner  # this and what follows imports PyTorch, seconds the first time

    with suppress(OSError):  # Start says what is the matter with the store
        ensure_runner(store)
    with rest.container():
        methods, labels, seeds, budget = _grid(card)
        strong, unreadable = strong_view()
        knobs = choose_knobs(store, data, methods, strong)
        variants = [] if lesson else choose_variants(data)
        if not lesson:
            choose_launcher()
    experiment, words = None, ""
    if not unreadable:  # the sentence stands below already
        experiment, words = _plan(store, (data, methods, labels, range(seeds), knobs), variants, budget, lesson)
    with place.container():
        _start(store, experiment, words, data)
    return experiment.id if experiment else None


def _start(store: Store, experiment: Any, words: str, data: str) -> None:
    """What would be trained and how long that takes, and the button that does it."""
    with st.container(key="start_place", gap="small"):
        st.markdown(words)
        if needs(data):
            st.page_link("data.py", label="Open the Data page", query_params={"data": data})
        st.button(
            "Start experiment",
            type="primary",
            width="stretch",
            key="start",
            disabled=experiment is None,
            on_click=start,
            args=(store, experiment),
        )
        all_there(store, experiment)


def _fit_labels() -> None:
    """Other data: keep the label counts that it allows, or start from its usual ones."""
    card = card_of(st.session_state["data"])
    offered, usual = defaults.label_counts(len(card.classes), card.known)
    st.session_state["labels"] = [count for count in st.session_state.get("labels", ()) if count in offered] or usual


def _grid(card: Card) -> tuple[list[str], list[int], int, int]:
    """(methods, label counts, seeds, seconds or 0 for no limit)."""
    from ssl_core.methods import METHODS

    every = {name: method.title for name, method in METHODS.items()}
    methods = choose_some(st.multiselect, "Methods", every, defaults.METHODS, key="methods")
    offered, usual = defaults.label_counts(len(card.classes), card.known)
    labels = choose_some(
        st.multiselect,
        "Label counts",
        {count: defaults.count_words(count, card.known) for count in offered},
        usual,
        key="labels",
        help="How many labelled pictures a run gets, the same number of each class as far as they go.",
    )
    left, right = st.columns([1, 1.3], wrap=False)
    seeds = left.slider(
        "Seeds",
        1,
        5,
        defaults.SEEDS,
        key="seeds",
        bind="query-params",
        help=f"{SEEDS} With few labels the draw matters more than the method, so use three or more before you "
        "believe a difference.",
    )
    shorter = "A shorter budget takes fewer training steps in every run."
    budget = choose_one(right.selectbox, "Time budget", BUDGETS, key="budget", help=shorter)
    return methods, labels, seeds, budget


def _plan(store: Store, grid: tuple, variants: list, budget: int, lesson: bool) -> tuple[Any, str]:
    """(the experiment that fits the budget, how long it takes), or (None, what is wrong in one sentence)."""
    from ssl_core.runs.budget import fit
    from ssl_core.runs.experiment import Experiment
    from ssl_core.runs.lesson import LessonExperiment

    kind = LessonExperiment if lesson else Experiment
    try:
        plan = fit(store, kind(*grid, ceiling=True, variants=variants), budget or None, at_once(store))
    except ValueError as wrong:
        return None, plain(wrong)
    return plan.experiment, plan_words(plan)
