"""What each order brought in the benchmark, beside random draws."""

from __future__ import annotations

import streamlit as st

HOW = (
    "Test accuracy of FixMatch in percent, mean of ten simulated sessions (lowest to highest), and how many points "
    "that is above random draws, with its 95 % interval. *balanced* asks for equally many pictures of each class: one "
    "would have to know the answers to do that. Measured by `{}`."
)


def orders_measured(data: str) -> None:
    """The table of this data set where it was measured, else of all that were."""
    from ssl_core.label.measured import grid, table

    told = table()
    with st.popover("What each order brought", icon=":material/table_chart:", width="stretch", key="label_orders_box"):
        for name in [data] if data in told["sets"] else told["sets"]:
            about = told["sets"][name]
            st.markdown(f"**{about['title']}**: {about['train']:,} pictures to label, {about['test']:,} to test")
            st.table(grid(told, name), hide_index=True)
        st.caption(HOW.format(told.get("command", "")))
