"""Ask trained networks about a picture, up to four side by side, and see whether to believe the answer."""

from __future__ import annotations

import streamlit as st

from pages.parts.predict.network import choose_runs, finished_runs, vanished
from pages.parts.predict.start import no_network_yet
from pages.parts.shared.plain import plain
from pages.parts.shared.who import whose

st.title("Predict")
st.caption(
    "Show trained networks a picture: what each says, how sure it is, how that moves when the picture is distorted, "
    "and which training pictures it finds most alike."
)
whose()
runs = finished_runs()
if not runs:
    no_network_yet()
first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
for sentence in vanished(runs):
    st.warning(plain(sentence), icon=":material/link_off:")
chosen = choose_runs(runs, first, second, third)
waiting = st.empty()
with waiting.container():
    st.skeleton(height=420)

from pages.parts.predict.ask import ask_networks, who_is_asked  # noqa: E402 - PyTorch takes seconds the first time

waiting.empty()
networks = who_is_asked(chosen, bool(runs))
if networks:
    ask_networks(networks)
