"""One step of training taken apart: what each picture of one batch goes through, from the picture to the loss."""

from __future__ import annotations

import streamlit as st

from pages.parts.inside.choice import choose
from pages.parts.inside.walk import walk
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking

st.title("Inside one batch")
st.caption(
    "One real step of one real network: every picture, guess and loss here is what training itself computes. "
    "Walk through it with the arrow keys, and turn its knobs."
)
box = st.empty()
with box.container():
    st.skeleton(height=560)
from ssl_core.train import config as _loaded  # noqa: E402, F401 - PyTorch takes seconds the first time

with box.container():
    try:
        choice = choose()
    except ValueError as wrong:
        st.error(plain(wrong))
    else:
        ticking(walk, run_every=None, key="inside_walk")(choice)
