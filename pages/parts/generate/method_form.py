"""What a method is asked to learn on the Generate page: data, labels, and some of its knobs; all in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from pages.parts.generate.form import LEARNS
from pages.parts.shared.address import choose_one
from pages.parts.shared.knob_widgets import knob_widget
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from ssl_core.data.catalog import cards, find_card
from ssl_core.runs.defaults import count_words, label_counts

LABELS = 40
SEEDS = {1: "one", 3: "three", 5: "five"}


def data_and_labels(key: str) -> tuple[str, int]:
    """A data set of pictures and how many of them have a label."""
    titles = {name: about.title for name, about in cards().items() if about.pictures}
    data = choose_one(st.selectbox, "Data", titles, key="data")
    about = find_card(data)
    counts = {n: count_words(n, about.known) for n in label_counts(len(about.classes), about.known)[0]}
    usual = LABELS if LABELS in counts else next(iter(counts), None)
    return data, choose_one(st.selectbox, "Labelled pictures", counts, usual, key=f"{key}_labels")


def knobs(data: str, method: str, names: Sequence[str], key: str) -> dict[str, Any]:
    """Widgets for some knobs of a method, with the values of its short recipe."""
    from ssl_core.train.config import all_knobs, defaults

    table, usual = all_knobs(method, data), defaults(data, method)
    return {name: knob_widget(name, table[name], usual[name], key=f"{key}-{data}-{method}-{name}") for name in names}


def seed_of_run(key: str) -> int:
    """The seed of a subject that trains one run."""
    return seed_box(st, LEARNS, key=f"{key}_seed", high=999)


def experiment_of(parts: Callable[[], tuple]) -> Any:
    """The experiment of Experiment(*parts()), checked; None where something is wrong, which is said."""
    from ssl_core.runs.experiment import Experiment

    try:
        experiment = Experiment(*parts())
        experiment.configs()
    except ValueError as wrong:
        st.error(plain(wrong))
        return None
    return experiment


def how_it_works(about: Any, symbols: Iterable[tuple[str, str]], key: str) -> None:
    """What a method or a maker is: idea, formula with its symbols, what to watch, what breaks it."""
    with st.expander("How it works", key=key):
        st.markdown(f"{about.idea} *{about.paper}*")
        st.latex(about.formula)
        st.markdown("\n".join(f"- ${symbol}$: {meaning}" for symbol, meaning in symbols))
        st.markdown(f"**Watch.** {about.watch}  \n**What breaks it.** {about.breaks}")
