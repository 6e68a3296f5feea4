"""Choose, press Start, and watch accuracy against label count grow."""

from __future__ import annotations

import streamlit as st

from pages.parts.data.bring import settle
from pages.parts.shared.experiments import choose_experiment
from pages.parts.shared.lesson import in_lesson
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.who import asked, beside_whose, runs_shown, visible
from pages.parts.training.about import note_of, say_box
from pages.parts.training.experiment_view import experiment_view
from pages.parts.training.form import experiment_form
from ssl_core.people.names import class_mode
from ssl_core.runs.experiment_names import name_of
from ssl_core.runs.progress import experiments, latest_experiment

BIG = "The same for a wall that all see: large letters, nothing to press."

st.title("Training")
settle()
with st.container(key="training_stage"):  # controls come first for a keyboard and on a phone: assets/frame/look.css
    controls, view = st.columns([1, 2.3], gap="large")


def shown_experiment() -> str | None:
    """The experiment to look at: one of this store, or the newest, in a class of one's own; and what was said of it."""
    place = beside_whose()
    newest = latest_experiment(store(), visible(experiments(store()), "experiment"))
    if class_mode() and newest and not asked("experiment"):  # a link is to show whoever follows it the same one
        st.session_state["experiment"] = newest
    with place.container(horizontal=True, vertical_alignment="bottom", key="which_experiment"):
        chosen = choose_experiment(
            st.selectbox,
            f"the newest: {name_of(store(), newest)}" if newest else "none yet: press Start experiment",
            key="experiment",
            help="Every experiment in this store, pinned ones first, then the newest. Type to find one by its name or "
            "a tag. The address of this page reopens the chosen one.",
        )
        say_box(store(), chosen or newest)
    note_of(store(), chosen or newest)
    return chosen or newest


def show(shown: str | None) -> None:
    """The experiment, live."""
    if wrong := st.session_state.pop("error", None):
        st.error(plain(wrong))
    experiment_view(store(), shown)
    with st.container(horizontal=True, key="training_links"):
        if shown:
            st.page_link("runs.py", label="All runs of this experiment", query_params={"runs-experiment": shown})
        st.page_link("board.py", label="Big screen", query_params={"experiment": shown or ""}, help=BIG)


if in_lesson():  # its step says what is compared, and shows that and nothing else
    with controls:
        planned = experiment_form(store(), lesson=True)
    with view, st.container(key="lesson_view"):
        show(planned if planned and runs_shown(planned) else None)
else:
    with view:
        show(shown_experiment())
    with controls:
        experiment_form(store())
