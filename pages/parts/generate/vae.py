"""The autoencoder on the Generate page: it learns, and then one walks through its codes."""

from __future__ import annotations

import streamlit as st

from pages.parts.generate.form import maker_form
from pages.parts.generate.run_view import maker_words, run_view, start_button

MAIN = ("conditional", "latent", "beta", "steps")


def show() -> None:
    """The controls beside what it makes."""
    view, controls = st.columns([2.3, 1], gap="large")
    with view:
        top = st.empty()
        with top.container():
            st.skeleton(height=520)
    with controls:
        config = maker_form("vae", main=MAIN)
        start_button(config)
        maker_words("vae")
    with top.container():
        run_view(config)
