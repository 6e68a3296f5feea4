"""What this is, and the button that shows it."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from pages.parts.shared.lesson import lesson_list
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.store import store
from ssl_core.data.catalog import find_card
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words
from ssl_core.runs.progress import ceiling_of, describe, finished, latest_experiment

# Made by `python -m ssl_core experiment`; the file names the exact command.
RECORDED = Path(__file__).resolve().parent.parent / "assets" / "recorded.json"


def start_default() -> None:
    """Queue the default experiment and go and watch it."""
    from ssl_core.runs.defaults import default_experiment
    from ssl_core.runs.experiment import launch

    try:
        launched = launch(store(), default_experiment())
    except ValueError as wrong:
        st.session_state["home_error"] = str(wrong)
    else:
        st.session_state["go_to"] = launched.id


def chart(name: str | None) -> None:
    """The newest experiment of this store, or the one that was recorded."""
    if name:
        rows = [describe(run) for run in store().of_experiment(name)]
        card = find_card(rows[0]["data"])
        ceiling = ceiling_of(store(), card.name, card.known) if card else None
    else:
        recorded = json.loads(RECORDED.read_text())
        rows, card = recorded["runs"], find_card(recorded["runs"][0]["data"])
        ceiling = recorded["ceiling"]["test_accuracy"]
    shown = [row for row in rows if row.get("role") != "ceiling"]
    figure = accuracy_chart(shown, chance=card.chance if card else None, ceiling=ceiling, revision=name or "recorded")
    live_chart(figure, alt=accuracy_words(shown), key="home_chart", height=400)
    if name:
        waiting = sum(not finished(row) for row in rows)
        state = f"{waiting} of {len(rows)} runs still to finish" if waiting else f"all {len(rows)} runs finished"
        st.caption(
            f"{card.title if card else 'Unknown data'}: your last experiment, {state}. Hollow dots are still moving."
        )
    else:
        st.caption(f"{card.title}: recorded with `{recorded['command']}` on {recorded['machine']}.")


if target := st.session_state.pop("go_to", None):
    st.switch_page("training.py", query_params={"experiment": target})

st.title("Few-Label Lab")
st.markdown(
    "See how far a classifier gets when only a few of its pictures have labels. "
    "Start an experiment and watch methods that also learn from the unlabelled pictures "
    "pull away from the one that does not."
)
latest = latest_experiment(store())
st.button(
    "Start the default experiment",
    type="primary",
    on_click=start_default,
    help="Supervised, MixMatch and FixMatch on 8×8 digits with 10, 20, 40 and 100 labels: under two minutes on two "
    "processor cores.",
)
if wrong := st.session_state.pop("home_error", None):
    st.error(wrong)
with st.container(key="home_last"):
    live = bool(latest) and not all(finished(describe(run)) for run in store().of_experiment(latest))
    st.fragment(chart, run_every=2 if live else None, key="home_live")(latest)
if latest:
    st.page_link("training.py", label="Open this experiment", query_params={"experiment": latest})
    st.page_link("runs.py", label="All runs")
lesson_list()
