"""Let the machine turn the knobs: many short runs, judged on validation pictures, and a look at what mattered."""

from __future__ import annotations

import streamlit as st

from pages.parts.search.form import search_form
from pages.parts.search.view import search_view
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.who import asked, begun_by, beside_whose, visible
from ssl_core.people.names import class_mode
from ssl_core.search.plan import searches

st.title("Search")
st.caption(
    "Every dot is one run with other knobs, judged by its accuracy on validation pictures; "
    "test pictures are looked at once, for the winner. Trial 0 is always the default, so a gain is a gain."
)
view, controls = st.columns([2.3, 1], gap="large")
with view:
    place = beside_whose()
    names = visible(searches(store()), "search")
    if class_mode() and names and not asked("search"):  # a link is to show whoever follows it the same one
        st.session_state["search"] = names[0]
    place.selectbox(
        "Search",
        names,
        index=None,
        key="search",
        bind="query-params",
        placeholder="the newest one" if names else "none yet: press Start search",
        disabled=not names,
        help="Every search in this store, newest first. The address of this page reopens the chosen one.",
    )
    if wrong := st.session_state.pop("search_error", None):
        st.error(plain(wrong))
    shown = st.session_state.get("search") or next(iter(names), None)
    if said := shown and begun_by(shown):
        st.caption(plain(said))
    search_view(store(), shown)
with controls, st.container(key="search_controls"):
    st.subheader("New search")
    search_form(store())
