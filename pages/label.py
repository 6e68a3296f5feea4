"""Spend a budget of labels by hand: which picture is asked about next, and what the labels bring."""

from __future__ import annotations

import streamlit as st

from pages.parts.label.bench import Bench, begin, forget_opening, give_up, has_begun, opening, session_of
from pages.parts.label.classroom import class_game, game_asked
from pages.parts.label.controls import choose_data, choose_order, choose_who, name_classes
from pages.parts.label.curve import TICK, curve
from pages.parts.label.game import asked_first
from pages.parts.label.orders_measured import orders_measured
from pages.parts.label.out import take_along
from pages.parts.label.views import VIEWS
from pages.parts.shared.lens import choose_lens
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.figures.look import duration

WHAT = (
    "First a network looks at every picture once, so that it can learn between two clicks. That takes a while the "
    "first time; afterwards it is kept."
)

st.title("Label")
st.caption("Which pictures are worth a label? Label some, and watch what two networks learn from them.")
root = str(store().root)


def _progress(name: str) -> None:
    """How far the opening is; once more as a whole when it is done."""
    now = opening(name, root)
    if now.done:
        st.rerun()
    left = f", {duration(now.left)} left" if now.left else ""
    with st.status(plain(f"{now.phase}{left}"), state="running"):
        st.write(WHAT)


if game := game_asked():
    class_game(game, root, _progress)
    st.stop()

ways = st.container()
view, grows, controls = st.columns([1.5, 1.15, 1], gap="large")
stage = view.container(key="label_stage")
room = stage.empty()
room.skeleton(height=180)  # on a phone the controls stand below: an empty stage would let them up first
with controls:
    card = choose_data()
    who = choose_who()
    order = choose_order()
    orders_measured(card.name)
room.empty()
with stage:
    if not has_begun(card.name):
        st.info(plain(WHAT), title=plain(card.title))
        if st.button("Begin to label", type="primary", key="label_begin", width="stretch"):
            begin(card.name)
            st.rerun()
        st.stop()
    opened = opening(card.name, root)
    if opened.wrong:
        forget_opening(card.name, root)
        give_up()
        st.error(plain(opened.wrong))
        st.stop()
    if not opened.done:
        ticking(_progress, run_every=0.5, key="label_opening")(card.name)
        st.stop()

session = session_of(card.name, opened)
bench = Bench(card, session, opened.teacher, who, order)
with controls:
    name_classes(session.journal, who)
    take_along(bench)
with ways:
    way = choose_lens(VIEWS, key="label_view", label="How to label")
with stage:
    VIEWS[way].show(bench)
with grows:
    if way == "machine":
        asked_first(bench)
    else:
        ticking(curve, run_every=TICK, key="label_growing")(bench)
