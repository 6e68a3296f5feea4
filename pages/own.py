"""Pictures of one's own from the first to the last step: bring, see what was understood, train, use."""

from __future__ import annotations

import streamlit as st

from pages.parts.data.bring import settle
from pages.parts.own.bring import bring_step
from pages.parts.own.kept import kept_step
from pages.parts.own.result import result_step
from pages.parts.own.train import train_step
from pages.parts.shared.address import choose_one
from pages.parts.shared.store import store
from pages.parts.shared.who import visible_data
from ssl_core.data.catalog import find_card, ours

NEW = ""  # in the choice of pictures: none that is kept

st.title("Your pictures")
st.caption(
    "You have pictures, and the labels of a few. Bring them, see what was understood, and train networks that also "
    "learn from the pictures without a label. Nothing leaves this machine."
)
store()  # says where kept data sets are
settle("own")
names = {name: card.title for name in visible_data(ours(), "own") if (card := find_card(name)) and card.pictures}
controls, view = st.columns([1, 1.7], gap="large")
with controls:
    st.markdown("##### 1. Bring")
    name = choose_one(st.selectbox, "Pictures", {NEW: "New ones"} | names, NEW, key="own", disabled=not names)
card = find_card(name) if name else None
ready = kept_step(card, controls, view) if card else bring_step(controls, view)
train_step(store(), card, ready)
result_step(store(), card)
