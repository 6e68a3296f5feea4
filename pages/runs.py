"""Everything that ever ran here: find it, compare it, go on with it, take it away."""

from __future__ import annotations

import streamlit as st

from pages._runs_table import chosen, runs_table

st.title("Runs")
st.caption(
    "Everything that ever ran in this store, newest first. Tick rows to compare runs and to do something with them."
)
runs_table()
names = chosen()
