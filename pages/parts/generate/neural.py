"""Neural augmentation on the Generate page: triples while it learns, and the same budget with and without it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.generate.film import film
from pages.parts.generate.live_runs import Learned, of_experiment, runs_view, start_button
from pages.parts.generate.method_form import SEEDS, data_and_labels, experiment_of, how_it_works, knobs
from pages.parts.generate.stage import staged
from pages.parts.shared.address import choose_one
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import SEEDS as EACH
from pages.parts.training.replay import replay_bar
from ssl_core.data.catalog import find_card
from ssl_core.effects import difference_words
from ssl_core.figures.making import losses_chart
from ssl_core.figures.networks import beside_chart
from ssl_core.runs.makers import moments

METHOD, WITHOUT = "neural_augmentation", "supervised"
MAIN, MORE = ("likeness",), ("classifier_weight", "likeness_weight", "pairs", "width", "steps")
ROWS = {"first": "A, a labelled picture", "second": "B, another one of its class", "made": "Made of both"}
LOSSES = {"loss": "Both, weighted", "loss_labelled": "Classifier's", "loss_likeness": "Unlikeness"}
MOMENTS = 12  # of a finished run's film
INTRODUCTION = (
    "A small second network gets two labelled pictures of one class and makes a third. The classifier learns on all "
    "of them, and its mistakes tell the maker what to make: both learn together. Beside it the same classifier learns "
    "without: the same labelled pictures, the same steps."
)
NOTHING = "Nothing has learned this yet. Press **Start** and pictures will appear here."


def show() -> None:
    """The controls beside what it makes, and what that brings."""
    st.caption(INTRODUCTION)
    staged(_form, lambda asked: start_button(of_experiment(asked), "neural"), _view, lambda asked: _words())


def _view(experiment: Any) -> None:
    runs_view(of_experiment(experiment), _draw, key="neural", nothing=NOTHING)
    if experiment:
        query = {"experiment": experiment.id}
        st.page_link("training.py", label="These runs on the Training page", query_params=query)


def _form() -> Any:
    """The experiment, two runs a seed; None where something is wrong."""
    data, labels = data_and_labels("neural")
    values = knobs(data, METHOD, MAIN, "neural")
    seeds = choose_one(st.segmented_control, "Seeds", SEEDS, 1, key="neural_seeds", required=True, help=EACH)
    with st.expander("More knobs", key="neural_knobs"):
        values |= knobs(data, METHOD, MORE, "neural")
    same = {"steps": values["steps"]}
    return experiment_of(
        lambda: (data, [METHOD, WITHOUT], [labels], range(seeds), {METHOD: values, WITHOUT: same})
    )  # fmt: skip


def _words() -> None:
    from ssl_core.methods import METHODS
    from ssl_core.methods.symbols import symbols_of

    about = METHODS[METHOD]
    how_it_works(about, [(symbol.tex, symbol.words) for symbol in symbols_of(about)], "neural_words")


def _draw(learned: Learned) -> None:
    makes = next(((run, row) for run, row in learned.runs if row["method"] == METHOD), None)
    run, row = makes or (None, {"data": None, "steps": 1})
    about = find_card(row["data"]) if run else None
    shown = moments(run, MOMENTS if learned.over else 1) if run else []
    film(shown, ROWS, steps=row["steps"], side=about.side if about else 8, key="neural_film")
    replay_bar(run.name if run else "", ready=learned.over and len(shown) > 1, empty=run is None, of="it")
    if words := result_words(learned):
        st.markdown(plain(words))
    past = {"until": row["steps"]} if learned.over else None
    records = [(one["method"], list(each.tail.read())) for each, one in learned.runs]
    left, right = st.columns(2)
    with left:
        chart = beside_chart(records, run.name if run else "")
        alt = "Validation accuracy over steps, with neural augmentation and without."
        live_chart(chart, alt=alt, key="neural_beside", height=320, past=past)
    with right:
        rows = next((record for method, record in records if method == METHOD), [])
        names = {key: title for key, title in LOSSES.items() if not rows or any(key in one for one in rows)}
        chart = losses_chart(rows, names, run.name if run else "")
        alt = "Losses of the run with neural augmentation over steps: the classifier's, the unlikeness, and both."
        live_chart(chart, alt=alt, key="neural_losses", height=320, past=past)


def result_words(learned: Learned) -> str:
    """What came out, once everything is done: with, without, and whether these seeds can tell them apart."""
    if not learned.over:
        return ""
    by_seed: dict[int, dict[str, float]] = {}
    for _, row in learned.runs:
        if row["value"] is not None:
            by_seed.setdefault(row["seed"], {})[row["method"]] = row["value"]
    both = [(values[METHOD], values[WITHOUT]) for values in by_seed.values() if len(values) == 2]
    return difference_words(both, "with neural augmentation", "without") if both else ""
