"""Let the machine turn the knobs: many short runs, judged on validation pictures, and a look at what mattered."""

from __future__ import annotations

import streamlit as st

from pages._search_form import search_form
from pages._search_view import search_view
from pages._store import store
from ssl_core.runs.search import read_search, searches
from ssl_core.runs.study import MISSING, installed


def title_of(name: str) -> str:
    """A search as a person chooses it."""
    from ssl_core.figures.look import look

    try:
        told = read_search(store(), name)
    except ValueError:
        return f"{name}: cannot be read"
    knobs = " × ".join(knob.replace("_", " ") for knob in told.knobs)
    return f"{look(told.method)[0]} on {told.data}, {told.labels} labels: {knobs} ({told.sampler}, {name[-4:]})"


st.title("Search")
st.caption(
    "Every dot is one run with other knobs, judged by its accuracy on validation pictures; "
    "test pictures are looked at once, for the winner. Trial 0 is always the default, so a gain is a gain."
)
view, controls = st.columns([2.3, 1], gap="large")
with view:
    names = searches(store())
    st.selectbox(
        "Search",
        names,
        index=None,
        key="search",
        bind="query-params",
        format_func=title_of,
        placeholder="the newest one" if names else "none yet: press Start search",
        disabled=not names,
        help="Every search in this store, newest first. The address of this page reopens the chosen one.",
    )
    if wrong := st.session_state.pop("search_error", None):
        st.error(wrong)
    if not installed():
        st.info(MISSING)
    search_view(store(), st.session_state.get("search") or next(iter(names), None))
with controls:
    st.subheader("New search")
    search_form(store())
