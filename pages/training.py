"""Choose, press Start, and watch accuracy against label count grow."""

from __future__ import annotations

import streamlit as st

from pages.parts.data.bring import settle
from pages.parts.shared.lesson import in_lesson
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.who import asked, beside_whose, runs_shown, visible
from pages.parts.training.experiment_view import experiment_view
from pages.parts.training.form import experiment_form
from ssl_core.people.names import class_mode
from ssl_core.runs.progress import experiments, latest_experiment

st.title("Training")
settle()
with st.container(key="training_stage"):  # controls come first for a keyboard and on a phone: assets/frame/look.css
    controls, view = st.columns([1, 2.3], gap="large")


def choose_experiment() -> str | None:
    """The experiment to look at: one of this store, or the newest; in a class of one's own."""
    place = beside_whose()
    names = visible(experiments(store()), "experiment")
    newest = latest_experiment(store(), names)
    if class_mode() and newest and not asked("experiment"):  # a link is to show whoever follows it the same one
        st.session_state["experiment"] = newest
    place.selectbox(
        "Experiment",
        names,
        index=None,
        key="experiment",
        bind="query-params",
        placeholder="the newest one" if names else "none yet: press Start experiment",
        disabled=not names,
        help="Every experiment in this store, newest first. The address of this page reopens the chosen one.",
    )
    return st.session_state.get("experiment") or newest


def show(shown: str | None) -> None:
    """The experiment, live."""
    if wrong := st.session_state.pop("error", None):
        st.error(plain(wrong))
    experiment_view(store(), shown)
    st.page_link("runs.py", label="All runs of this experiment", query_params={"runs-experiment": shown or ""})


if in_lesson():  # its step says what is compared, and shows that and nothing else
    with controls:
        planned = experiment_form(store(), lesson=True)
    with view, st.container(key="lesson_view"):
        show(planned if planned and runs_shown(planned) else None)
else:
    with view:
        show(choose_experiment())
    with controls:
        experiment_form(store())
