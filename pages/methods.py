"""Every method on a card: its idea, its loss, its knobs, and how it does here and in print."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from pages.parts.methods.matching_view import matching_view
from pages.parts.shared.live_chart import live_chart
from ssl_core.data.catalog import CATALOG
from ssl_core.figures.look import look
from ssl_core.figures.results import (
    DATA_TITLES,
    measured_chart,
    measured_table,
    published_table,
    read_results,
)

HOUSE = Path(__file__).resolve().parent.parent
ASSETS = HOUSE / "assets"


def knob_table(data: str, method: str) -> pd.DataFrame:
    """The method's own knobs: the paper's value, the short run's, what is allowed, and the source."""
    from ssl_core.knobs import knobs_of
    from ssl_core.methods import METHODS
    from ssl_core.train.config import defaults

    short = defaults(data, method)
    return pd.DataFrame(
        {
            "Knob": name.replace("_", " "),
            "What it does": knob.help,
            "Paper": str(knob.default),
            "Short run": str(short[name]),
            "Allowed": ", ".join(knob.choices)
            or ("yes or no" if knob.kind is bool else f"{knob.low:g} to {knob.high:g}"),
            "Source": knob.source,
        }
        for name, knob in knobs_of(METHODS[method]).items()
    )


def in_lines(formula: str) -> str:
    """A loss broken before each further term, so that it fits a phone."""
    broken = formula.replace(r" + \lambda", r" \\ &{}+ \lambda").replace(r",\quad", r", \\ &")
    return r"\begin{aligned}&" + broken + r"\end{aligned}"


def tall(table: pd.DataFrame) -> int:
    """Pixels that show every row."""
    return 35 * (len(table) + 1) + 3


st.title("Methods")
st.caption("What each method does with pictures that have no label, and how far that got it.")
waiting = st.empty()
with waiting.container():
    st.skeleton(height=520)
from ssl_core.methods import METHODS  # noqa: E402 - imports PyTorch, which takes seconds the first time
from ssl_core.methods.matching import Matching  # noqa: E402

with waiting.container():
    pick, where = st.columns([2, 1])
    names = list(METHODS)
    method = pick.selectbox(
        "Method", names, names.index("fixmatch"), format_func=lambda n: METHODS[n].title, key="method",
        bind="query-params",
    )  # fmt: skip
    results = read_results(ASSETS / "results.json")
    measured = [name for name in CATALOG if name in results["data"]]
    data = where.selectbox(
        "Data", measured, format_func=lambda name: CATALOG[name].title, key="data", bind="query-params"
    )
    card = METHODS[method]
    words, chart = st.columns([1, 1], gap="large")
    with words:
        st.subheader(card.title)
        st.markdown(card.idea)
        st.latex(in_lines(card.formula))
        st.caption(
            "H is the cross-entropy, p(x) the network's answer, y the label, x labelled and u unlabelled pictures, "
            "B labelled pictures a step, sg means: no gradient here."
        )
        st.markdown(f"**Watch:** {card.watch}\n\n**What breaks it:** {card.breaks}\n\n*{card.paper}*")
        st.page_link(
            HOUSE / "pages" / "training.py", label="Train it beside the baseline", icon=":material/model_training:",
            query_params={"methods": [METHODS["supervised"].title, card.title], "data": CATALOG[data].title},
        )  # fmt: skip
    with chart:
        st.subheader("Measured here")
        counts = list(next(iter(results["data"][data].values())))
        labels = counts[0]
        if len(counts) > 1:
            labels = st.segmented_control(
                "Labels", counts, default="40", required=True, key="count", bind="query-params"
            )
        mine = results["data"][data].get(method, {}).get(labels)
        figure = measured_chart(results, data, labels, method)
        told = f"{look(method)[0]}: {', '.join(f'{100 * a:.1f}' for a in mine['test'])} %." if mine else ""
        live_chart(
            figure, alt=f"Test accuracy of every method with {labels} labels, a dot a seed. {told}", key="measured",
            height=34 * max(4, len(figure["data"])) + 60,
        )  # fmt: skip
    if issubclass(card, Matching):
        matching_view(method)
    own = knob_table(data, method)
    if len(own):
        st.subheader("Knobs")
        st.dataframe(own, hide_index=True, height=tall(own), alt=f"The knobs of {card.title}")
    here, print_ = st.tabs(["All results measured here", "Published results"], key="tables", on_change="rerun")
    if here.open:
        with here:
            table = measured_table(results, data)
            st.dataframe(table, hide_index=True, height=tall(table), alt="Test accuracy of every method measured here")
            st.caption(
                f"Test accuracy in per cent, mean (lowest to highest) of three seeds, short runs on "
                f"{results['machine']}. Made by `{results['command']}`."
            )
    if print_.open:
        with print_:
            sources = read_results(ASSETS / "published.json")
            theirs = st.segmented_control(
                "Data set", DATA_TITLES, default="cifar10", required=True, format_func=DATA_TITLES.get,
                key="published", bind="query-params",
            )  # fmt: skip
            table = published_table(sources, theirs)
            st.dataframe(table, hide_index=True, height=min(900, tall(table)), alt="Published error rates")
            st.caption(
                "Published **error** rates in per cent (accuracy is 100 minus it), each from the source named: runs of "
                "2^20 steps with large networks, days on a GPU. They cannot be compared with the short runs above."
            )
            with st.expander("What the sources say about their runs"):
                st.markdown("\n".join(f"- {source['source']}: {source['note']}." for source in sources))
