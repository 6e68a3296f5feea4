"""Several networks, one guess, on the Generate page: what each knows, what their mean knows, where they disagree."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.generate.live_runs import Learned, of_experiment, runs_view, start_button
from pages.parts.generate.method_form import data_and_labels, experiment_of, knobs, seed_of_run
from pages.parts.generate.stage import staged
from pages.parts.shared.address import choose_one
from pages.parts.training.networks import networks_view
from pages.parts.training.replay import replay_bar

METHODS_HERE = {"ensemble_match": "by the mean of all", "co_match": "each by the others"}
MAIN, MORE = ("networks", "views"), ("temperature", "threshold", "weight", "mu", "align", "steps")
INTRODUCTION = (
    "This makes no pictures but labels for them: several networks, which began differently, look at several views of "
    "an unlabelled picture, and the mean of their answers becomes its label. Networks are wrong in different places, "
    "so their mean is right more often than most of them, until they have learned to be alike."
)
NOTHING = "No networks have learned this yet. Press **Start**."


def show() -> None:
    """The controls beside what the networks know."""
    st.caption(INTRODUCTION)
    staged(_form, lambda asked: start_button(of_experiment(asked), "ensemble"), _view)


def _view(experiment: Any) -> None:
    runs_view(of_experiment(experiment), _draw, key="ensemble", nothing=NOTHING)


def _form() -> Any:
    """The experiment of one run; None where something is wrong."""
    data, labels = data_and_labels("ensemble")
    method = choose_one(
        st.segmented_control, "A network is taught", METHODS_HERE, key="taught", required=True,
        help="By the mean of all networks (Ensemble match), or only by the others, never by itself (Co-match).",
    )  # fmt: skip
    values = knobs(data, method, MAIN, "ensemble")
    with st.expander("More knobs", key="ensemble_knobs"):
        seed = seed_of_run("ensemble")
        values |= knobs(data, method, MORE, "ensemble")
    return experiment_of(lambda: (data, [method], [labels], [seed], {method: values}))


def _draw(learned: Learned) -> None:
    run, row = learned.first
    rows, name = (list(run.tail.read()), run.name) if run else ([], "")
    past = {"until": row["steps"]} if learned.over else None
    networks_view(rows, name, past, empty=True)
    replay_bar(name, ready=learned.over and len(rows) > 1, empty=run is None, of="it")
    if run:
        with st.container(horizontal=True, key="of_ensemble"):
            kept = (run.folder / "twentieth.pt").is_file()  # later they agree more; a large network keeps none
            query = {"of_run": run.name} | ({"moment": "twentieth"} if kept else {})
            st.page_link("inside.py", label="Pictures on which they disagree: inside one batch", query_params=query)
            query = {"experiment": row["experiment"], "run": run.name}
            st.page_link("training.py", label="This run on the Training page", query_params=query)
