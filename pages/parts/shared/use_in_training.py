"""A link that opens the Training page with what was tried out here."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.plain import plain
from ssl_core.data.catalog import cards


def training_link(label: str, data: str, method: str, knobs: dict[str, Any], labels: int | None = None) -> None:
    """A link to the Training page: one method on a data set, with these of its knobs changed.

    Data that Training does not have (a photograph, an upload, two features) become the digits.
    """
    from ssl_core.methods import METHODS

    data = data if data in cards() else "digits"
    title = METHODS[method].title
    query = {f"{data}-{method}-{name}": str(value) for name, value in knobs.items()}
    query |= {"labels": str(labels)} if labels else {}
    st.page_link(
        "training.py",
        label=label,
        icon=":material/model_training:",
        query_params={"data": data, "methods": method} | query,
        help=f"Opens the Training page with {title} and these knobs; press Start experiment there.",
    )


def pipeline_link(label: str, data: str, pipeline: str, problem: str = "") -> None:
    """A link to the Training page with a pipeline for strong views, on these pictures where Training has them.

    A pipeline that cannot be read goes nowhere: the link is off, and `problem` says why.
    """
    query = {"data": data} if data in cards() else {}
    st.page_link(
        "training.py",
        label=label,
        icon=":material/model_training:",
        query_params=query | {"strong": pipeline},
        disabled=bool(problem),
        help=plain(problem) or "Opens the Training page with these pictures and with this pipeline for strong views.",
    )
