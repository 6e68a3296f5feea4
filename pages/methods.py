"""Every method on a card: its idea, its loss, its knobs, and how it does here and in print."""

from __future__ import annotations

import streamlit as st

from pages.parts.methods.flow_view import flow_view
from pages.parts.methods.matching_view import matching_view
from pages.parts.methods.symbol_list import formula, symbol_list
from pages.parts.methods.tables import ASSETS, knob_table, measured_results, published_results
from pages.parts.methods.take_apart import take_apart
from pages.parts.shared.address import choose_one, choose_tab
from pages.parts.shared.live_chart import live_chart
from ssl_core.data.catalog import CATALOG
from ssl_core.figures.flow import flow_drawing, flow_words
from ssl_core.figures.look import look
from ssl_core.figures.results import measured_chart, read_results

st.title("Methods")
st.caption("What each method does with pictures that have no label, and how far that got it.")
waiting = st.empty()
with waiting.container():
    st.skeleton(height=520)
from ssl_core.methods import METHODS  # noqa: E402 - imports PyTorch, which takes seconds the first time
from ssl_core.methods.flow import flow_of, in_lines  # noqa: E402
from ssl_core.methods.matching import Matching  # noqa: E402

with waiting.container():
    pick, where = st.columns([2, 1])
    every = {name: method.title for name, method in METHODS.items()}
    method = choose_one(pick.selectbox, "Method", every, "fixmatch", key="method")
    results = read_results(ASSETS / "results.json")
    measured = {name: card.title for name, card in CATALOG.items() if name in results["data"]}
    data = choose_one(where.selectbox, "Data", measured, key="data")
    card = METHODS[method]
    st.subheader(card.title)
    stages = flow_of(method)
    across, down = flow_drawing(stages), flow_drawing(stages, across=False)
    flow_view(across, down, alt=flow_words(stages, card.title), key=f"flow-{method}")
    words, chart = st.columns([1, 1], gap="large")
    with words:
        st.markdown(card.idea)
        formula(in_lines(card.formula))
        symbol_list(card)
        st.markdown(f"**Watch:** {card.watch}\n\n**What breaks it:** {card.breaks}\n\n*{card.paper}*")
        st.page_link(
            "training.py", label="Train it beside the baseline", icon=":material/model_training:",
            query_params={"methods": list(dict.fromkeys(["supervised", method])), "data": data},
        )  # fmt: skip
    with chart:
        st.subheader("Measured here")
        counts = list(next(iter(results["data"][data].values())))
        labels = counts[0]
        if len(counts) > 1:
            labels = choose_one(
                st.segmented_control, "Labels", dict(zip(counts, counts, strict=True)), "40", key="count", required=True
            )
        mine = results["data"][data].get(method, {}).get(labels)
        figure = measured_chart(results, data, labels, method)
        scores = f"{look(method)[0]}: {', '.join(f'{100 * a:.1f}' for a in mine['test'])} %." if mine else ""
        live_chart(
            figure, alt=f"Test accuracy of every method with {labels} labels, a dot a seed. {scores}", key="measured",
            height=34 * max(4, len(figure["data"])) + 60,
        )  # fmt: skip
    if issubclass(card, Matching):
        matching_view(method)
    take_apart(method, data)
    own = knob_table(data, method)
    if len(own):
        st.subheader("Knobs")
        st.table(own, hide_index=True, alt=f"The knobs of {card.title}")
    shown, place = choose_tab({"measured": "All results measured here", "published": "Published results"}, key="tables")
    with place:
        if shown == "measured":
            measured_results(results, data)
        else:
            published_results()
