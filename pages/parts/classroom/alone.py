"""What the page says where no class works: how one is begun."""

from __future__ import annotations

import streamlit as st

BEGIN = "streamlit run app.py --server.address 0.0.0.0 -- --class"
CHOSEN = "SSL_TEACHER='a word of yours' streamlit run app.py --server.address 0.0.0.0 -- --class"


def how_to_begin() -> None:
    """The commands, and what they change."""
    st.markdown("This server is yours alone. For a class that works at one server together, start it so:")
    st.code(BEGIN, None, wrap_lines=True)
    st.markdown(
        "Everybody is then asked for a nickname, the queue goes round the people, and nobody stops or deletes what is "
        "another's. The terminal shows a word: whoever says it on this page is the teacher. Or choose the word:"
    )
    st.code(CHOSEN, None, wrap_lines=True)
