"""What this is, and the button that shows it."""

from __future__ import annotations

import streamlit as st

from pages.parts.home.last_experiment import last_experiment
from pages.parts.shared.ask_link import ask_link
from pages.parts.shared.lesson import lesson_list
from pages.parts.shared.pace import started
from pages.parts.shared.pages import file_of, groups
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.visitor import starting
from ssl_core.runs.line_up import best_of, rivals

OWN = (
    "Bring pictures of which a few have a label, see what was understood, train with one button, and take predictions "
    "for the others along."
)


def start_default() -> None:
    """Queue the default experiment and go and watch it."""
    from ssl_core.runs.defaults import default_experiment
    from ssl_core.runs.experiment import launch

    try:
        launched = starting(store(), lambda: launch(store(), default_experiment()))
    except (ValueError, OSError) as wrong:
        st.session_state["home_error"] = str(wrong)
    else:
        started()
        st.session_state["go_to"] = launched.id


def page_list() -> None:
    """Every other page by its menu, with what it is for."""
    st.subheader("Pages")
    menus = {group: entries for group, entries in groups().items() if group}
    for column, (group, entries) in zip(st.columns(len(menus)), menus.items(), strict=True):
        with column:
            st.markdown(f"**{group}**")
            for entry in entries:
                with st.container(gap=None):
                    st.page_link(file_of(entry.name), label=entry.title, icon=f":material/{entry.icon}:")
                    st.caption(entry.about)


if target := st.session_state.pop("go_to", None):
    st.switch_page("training.py", query_params={"experiment": target})

st.title("Few-Label Lab")
st.markdown(
    "See how far a classifier gets when only a few of its pictures have labels. "
    "Start an experiment and watch methods that also learn from the unlabelled pictures "
    "pull away from the one that does not."
)
with st.container(horizontal=True, key="home_ways"):
    st.button(
        "Start the default experiment",
        type="primary",
        on_click=start_default,
        help="Supervised, MixMatch and FixMatch on 8×8 digits with 10, 20, 40 and 100 labels: under two minutes on "
        "two processor cores.",
    )
    if st.button("Use your own pictures", key="home_own", icon=":material/add_photo_alternate:", help=OWN):
        st.switch_page(file_of("own"))
if wrong := st.session_state.pop("home_error", None):
    st.error(plain(wrong))
with st.container(key="home_last"):
    latest = last_experiment()
if latest:
    with st.container(horizontal=True):
        st.page_link("training.py", label="Open this experiment", query_params={"experiment": latest})
        if best := best_of(store().of_experiment(latest)):
            ask_link("Ask its networks", [best, *rivals(store(), best)])
        st.page_link("runs.py", label="All runs")
lesson_list()
page_list()
