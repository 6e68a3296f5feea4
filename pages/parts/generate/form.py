"""What a maker is asked to learn: the data set, how many labels of it, a seed, and its knobs; all in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.knob_widgets import knob_widget
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from ssl_core.data.catalog import cards, find_card
from ssl_core.runs.defaults import count_words, label_counts

LEARNS = "It decides which labelled pictures are learned from, and the first weights."
NOT_HERE = ("device", "threads", "limit_minutes")  # an operator's business


def maker_form(maker: str, *, main: Sequence[str], chosen: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """The controls of a maker; its checked configuration as plain values, None where something is wrong.

    `main` names the knobs that stand in sight; the others are folded away. `chosen` are values of knobs that the page
    asked for by itself.
    """
    from ssl_core.generate.config import all_knobs, configure, defaults
    from ssl_core.generate.makers import GENERATORS

    data, labels = GENERATORS[maker].own_data, None
    if not data:
        titles = {name: about.title for name, about in cards().items()}
        data = choose_one(st.selectbox, "Data", titles, key="data")
        about = find_card(data)
        counts = {0: f"all {about.known:,}"} | {
            count: count_words(count, about.known)
            for count in label_counts(len(about.classes), about.known)[0]
            if count < about.known
        }
        labels = choose_one(
            st.selectbox,
            "Labelled pictures that it learns from",
            counts,
            0,
            key="from_labels",
            help="With few labels it sees these alone, as a maker must whose pictures are to stand beside them.",
        )
    table, usual, values = all_knobs(maker), defaults(data, maker), dict(chosen or {})
    for name in main:
        values[name] = knob_widget(name, table[name], usual[name], key=f"{data}-{maker}-{name}")
    with st.expander("More knobs", key="maker_knobs"):
        values["seed"] = seed_box(st, LEARNS, key="maker_seed", high=999)
        for name, knob in table.items():
            if name not in (*main, *values, *NOT_HERE):
                values[name] = knob_widget(name, knob, usual[name], key=f"{data}-{maker}-{name}")
    try:
        return configure(data, maker, labels or None, int(values.pop("seed")), values).to_dict()
    except ValueError as wrong:
        st.error(plain(wrong))
        return None
