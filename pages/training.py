"""Choose, press Start, and watch accuracy against label count grow."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import choose_one, choose_some
from pages.parts.shared.knob_widgets import knob_widget
from pages.parts.shared.store import store
from pages.parts.training.experiment_view import experiment_view
from pages.parts.training.strong_view import strong_view
from ssl_core.data.catalog import card as card_of
from ssl_core.data.catalog import needs, titles
from ssl_core.figures.look import duration, look
from ssl_core.intervals import small_test
from ssl_core.runs import defaults
from ssl_core.runs.progress import experiments, latest_experiment

BUDGETS = {  # seconds
    0: "as long as it takes",
    60: "1 min",
    120: "2 min",
    300: "5 min",
    600: "10 min",
    1800: "30 min",
}


def start(experiment) -> None:  # noqa: ANN001 - importing the type here would import torch before the page shows
    """Queue the experiment and attach the page to it."""
    from ssl_core.runs.experiment import launch

    try:
        st.session_state["experiment"] = launch(store(), experiment).id
    except (ValueError, OSError) as wrong:
        st.session_state["error"] = str(wrong)


def fit_labels() -> None:
    """Other data: keep the label counts that it allows, or start from its usual ones."""
    card = card_of(st.session_state["data"])
    offered, usual = defaults.label_counts(len(card.classes), card.known)
    st.session_state["labels"] = [count for count in st.session_state.get("labels", ()) if count in offered] or usual


st.title("Training")
st.caption(
    "Every dot is one run: a network trained from nothing with that many labelled pictures. "
    "Hollow dots are still training."
)
view, controls = st.columns([2.3, 1], gap="large")

with view:
    names = experiments(store())
    st.selectbox(
        "Experiment",
        names,
        index=None,
        key="experiment",
        bind="query-params",
        placeholder="the newest one" if names else "none yet: press Start experiment",
        disabled=not names,
        help="Every experiment in this store, newest first. The address of this page reopens the chosen one.",
    )
    if wrong := st.session_state.pop("error", None):
        st.error(wrong)
    shown = st.session_state.get("experiment") or latest_experiment(store())
    experiment_view(store(), shown)
    st.page_link("runs.py", label="Compare these runs", query_params={"runs-experiment": shown or ""})

with controls:
    st.subheader("New experiment")
    data = choose_one(st.selectbox, "Data", titles(), key="data", on_change=fit_labels)
    card = card_of(data)
    st.caption(f"{card.text} {card.licence}")
    if warning := small_test(card.test):
        st.caption(warning)
    rest = st.empty()
    with rest.container():
        st.skeleton(height=420)
    from ssl_core.methods import METHODS  # imports PyTorch, which takes seconds the first time
    from ssl_core.runs.budget import fit
    from ssl_core.runs.experiment import Experiment
    from ssl_core.runs.runner import ensure_runner, slots
    from ssl_core.train.config import all_knobs
    from ssl_core.train.config import defaults as knob_defaults

    ensure_runner(store())
    with rest.container():
        every = {name: method.title for name, method in METHODS.items()}
        methods = choose_some(st.multiselect, "Methods", every, defaults.METHODS, key="methods")
        offered, usual = defaults.label_counts(len(card.classes), card.known)
        labels = st.multiselect(
            "Label counts",
            offered,
            usual,
            key="labels",
            bind="query-params",
            help="How many labelled pictures a run gets, the same number of each class.",
        )
        seeds = st.slider(
            "Seeds",
            1,
            5,
            defaults.SEEDS,
            key="seeds",
            bind="query-params",
            help="Each seed draws other labelled pictures and other first weights. With few labels the draw matters "
            "more than the method, so use three or more before you believe a difference.",
        )
        budget = choose_one(
            st.selectbox,
            "Time budget",
            BUDGETS,
            key="budget",
            help="A shorter budget takes fewer training steps in every run.",
        )
        chosen: dict[str, dict] = {}
        strong, unreadable = strong_view()
        with st.expander("Knobs of each method", key="method_knobs"):
            for method in methods:
                values = knob_defaults(data, method)
                with st.popover(look(method)[0], width="stretch"):
                    st.markdown(f"{METHODS[method].idea}  \n*{METHODS[method].paper}*")
                    if strong:
                        values["strong"] = strong
                        chosen.setdefault(method, {})["strong"] = strong
                    for name, knob in all_knobs(method, data).items():
                        value = knob_widget(name, knob, values[name], key=f"{data}-{method}-{name}")
                        if value != values[name]:
                            chosen.setdefault(method, {})[name] = value
        try:
            experiment = Experiment(data, methods, labels, range(seeds), chosen, ceiling=True)
            plan = None if unreadable else fit(store(), experiment, budget or None, slots())
            words = f"**{plan.runs} runs, about {duration(plan.seconds)}** {plan.note}" if plan else ""
        except ValueError as wrong:
            plan, words = None, "" if unreadable else str(wrong)
        st.markdown(words)
        if needs(data):
            st.page_link("data.py", label="Open the Data page", query_params={"data": data})
        st.button(
            "Start experiment",
            type="primary",
            width="stretch",
            key="start",
            disabled=plan is None,
            on_click=start,
            args=(plan.experiment if plan else None,),
        )
