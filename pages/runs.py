"""Everything that ever ran here: find it, compare it, go on with it, take it away."""

from __future__ import annotations

import streamlit as st

from pages.parts.runs.actions import run_actions
from pages.parts.runs.compare import compare_runs
from pages.parts.runs.table import chosen, runs_table, shelf

st.title("Runs")
st.caption(
    "Everything that ever ran in this store, newest first. Tick rows to compare runs and to do something with them."
)
runs_table()
runs = [run for name in chosen() if (run := shelf().run(name))]
if runs:
    run_actions(runs)
    compare_runs(runs)
