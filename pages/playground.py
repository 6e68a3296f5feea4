"""A plane to play in: points, a few labels, two or three methods side by side, and how they learned it."""

from __future__ import annotations

import streamlit as st

from pages.parts.playground.controls import choose_case, choose_knobs, choose_play, take_acts
from pages.parts.playground.player import plane_player
from pages.parts.playground.scene import scene_of
from pages.parts.shared.plain import plain

st.title("Playground")
st.caption(
    "The methods of this lab, unchanged, on points of a plane: two numbers instead of a picture. Colour is the "
    "network's answer, the line its border, and dashed lines are where it reaches τ. A grey point takes a colour when "
    "a guess about it counts, and a cross when that guess is wrong. Around one point: the reach of weak jitter "
    "(dashed) and of strong jitter."
)
view, side = st.columns([2.4, 1], gap="large")
with view:
    with st.container(key="plane_stage"):
        waiting, stage = st.empty(), st.container()
    bar, words = st.empty(), st.container()
if "plane seen" not in st.session_state:
    with waiting.container():
        st.skeleton(height=560)
with side:
    case = choose_case()
    play = choose_play(case)
    films, drawn = choose_knobs(case)

try:
    scene, sentences, note = scene_of(play, films, drawn, lambda share, text: bar.progress(share, text))
except ValueError as wrong:
    waiting.empty()
    stage.error(plain(wrong))
    st.stop()
finally:
    bar.empty()
waiting.empty()
st.session_state["plane seen"] = True
with stage:
    plane_player(scene, key="plane", on_acts=take_acts)
with words:
    for sentence in sentences:
        st.markdown(sentence)
    st.info(plain(case.text))
    if note:
        st.caption(note)
    with st.expander("How to change points, and what is measured"):
        st.markdown(
            "Drag a point to move it. With *Label A* and its like a click gives a point a label, or adds one where "
            "there is none; a label that is not the truth has a dashed ring. On a keyboard: go to a plane with Tab, "
            "choose a point with page up and page down, move it with the arrows, name its class with 1, 2, 3, take "
            "its label away with 0, remove it with Delete, add one with Insert. "
            "The address holds all of it: press Share.\n\n"
            "Accuracy is measured on 1,000 new points of the same world that no method sees. Where a point was added "
            "by hand nobody knows the truth, and no figure speaks of it. Training lasts 480 steps; the network has two "
            "hidden layers of 64."
        )
