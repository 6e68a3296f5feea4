"""The pipeline that a link from the Augmentations page brings: what it is, if it can be read, and taking it off."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.plain import plain


def strong_view() -> tuple[str, str]:
    """(the pipeline for strong views, empty for each method's own; one sentence if it cannot be read)."""
    from ssl_core.augment import from_text

    pipeline = st.query_params.get("strong", "")
    if not pipeline:
        return "", ""
    try:
        from_text(pipeline)
        problem = ""
        st.info(f"Strong views are drawn by the pipeline {plain(pipeline)}.", title="From the Augmentations page")
    except ValueError as wrong:
        problem = str(wrong)
        st.warning(plain(problem), title="The pipeline of this link cannot be read")
    st.button(
        "Take the pipeline off",
        key="pipeline_off",
        icon=":material/close:",
        on_click=_take_off,
        help="Strong views are then drawn as each method draws its own.",
    )
    return pipeline, problem


def _take_off() -> None:
    del st.query_params["strong"]
    for key in st.session_state:
        if str(key).endswith("-strong"):  # the knob of each method, which started from it
            st.session_state[key] = ""
