"""The tables of the Methods page: a method's knobs, what was measured here, and what papers report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.shared.address import choose_one
from ssl_core.figures.results import DATA_TITLES, measured_table, published_table, read_results

ASSETS = Path(__file__).resolve().parents[3] / "assets"


def knob_table(data: str, method: str) -> pd.DataFrame:
    """The method's own knobs: the paper's value, the short run's, what is allowed, and the source."""
    from ssl_core.knobs import knobs_of
    from ssl_core.methods import METHODS
    from ssl_core.train.config import defaults

    short = defaults(data, method)
    return pd.DataFrame(
        {
            "Knob": knob.label(name),
            "What it does": knob.help,
            "Paper": _said(knob, knob.default),
            "Short run": _said(knob, short[name]),
            "Allowed": ", ".join(map(knob.said, knob.choices))
            or ("yes or no" if knob.kind is bool else f"{knob.low:g} to {knob.high:g}"),
            "Source": knob.source,
        }
        for name, knob in knobs_of(METHODS[method]).items()
    )


def _said(knob: Any, value: Any) -> str:
    if knob.kind is bool:
        return "yes" if value else "no"
    return knob.said(value) if knob.choices else str(value)


def tall(table: pd.DataFrame) -> int:
    """Pixels that show every row."""
    return 35 * (len(table) + 1) + 3


def measured_results(results: dict[str, Any], data: str) -> None:
    """Every method at every label count, as measured by one command."""
    table = measured_table(results, data)
    st.dataframe(table, hide_index=True, height=tall(table), alt="Test accuracy of every method measured here")
    st.caption(
        f"Test accuracy in per cent, mean (lowest to highest) of three seeds, short runs on {results['machine']}. "
        f"Made by `{results['command']}`."
    )


def published_results() -> None:
    """What papers report, each with its source."""
    sources = read_results(ASSETS / "published.json")
    data = choose_one(st.segmented_control, "Data set", DATA_TITLES, key="published", required=True)
    table = published_table(sources, data)
    st.dataframe(table, hide_index=True, height=min(900, tall(table)), alt="Published error rates")
    st.caption(
        "Published **error** rates in per cent (accuracy is 100 minus it), each from the source named: runs of "
        "2^20 steps with large networks, days on a GPU. They cannot be compared with the short runs above."
    )
    with st.expander("What the sources say about their runs"):
        st.markdown("\n".join(f"- {source['source']}: {source['note']}." for source in sources))
