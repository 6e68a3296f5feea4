"""Drag λ and see picture, mask and label move together; every way of mixing is one cell of the same grid."""

from __future__ import annotations

import streamlit as st

from pages.parts.mixing.choice import choose_picture
from pages.parts.mixing.lenses import LENSES
from pages.parts.mixing.player import mix_player
from pages.parts.mixing.scene import Scene
from pages.parts.shared.address import choose_one
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from pages.parts.shared.use_in_training import training_link
from ssl_core.data.catalog import cards
from ssl_core.figures.mixing import law_chart

FRAMES = 33  # the strip of nine is every fourth


def take_lam() -> None:
    """The player was clicked or paused: its λ becomes the slider's."""
    if asked := st.session_state["player"].get("lam"):
        lam, _ = asked  # and when
        st.session_state["lam"] = round(float(lam), 2)


def draw_lam() -> None:
    """Draw λ anew from its law and put it on the slider."""
    from ssl_core.mix.law import draw_one
    from ssl_core.mix.table import MIXES

    st.session_state["draw"] = st.session_state["draw"] % 9999 + 1
    method = MIXES[st.session_state["mix"]]
    lam = draw_one(method.lam, st.session_state["alpha"], st.session_state["draw"])
    st.session_state["lam"] = round(lam, 2)


def take_alpha() -> None:
    """Another method: start from its own α, and let B come from another set where that is the point."""
    from ssl_core.mix.table import MIXES

    name = st.session_state["mix"]
    st.session_state["alpha"] = MIXES[name].alpha
    if name == "across_sets" and st.session_state["from_b"] == "same":
        st.session_state["from_b"] = next(data for data in cards() if data != st.session_state["from_a"])


st.title("Mixing")
st.caption(
    "A mixed picture is M · A + (1 − M) · B, and its label is shared the same way. "
    "Blue is A's part, orange is B's. What differs between methods is who B is, what the mask M looks like, and "
    "what becomes of the label."
)
view, controls = st.columns([2.3, 1], gap="large")
with view:
    with st.container(key="player_stage"):
        picture = st.empty()
    with picture.container():
        st.skeleton(height=640)
    # Not seen (assets/frame/look.css): it holds λ and its address, and the player has a slider of its own.
    lam = st.slider("λ, the share asked for A", 0.0, 1.0, 0.7, 0.01, key="lam", bind="query-params")
    words = st.empty()
with controls:
    from ssl_core.methods import METHODS  # imports PyTorch, which takes seconds the first time
    from ssl_core.mix.law import density_points, draws
    from ssl_core.mix.table import MIXES
    from ssl_core.mix.train import MATCHABLE, TRAINABLE

    titles = {name: mixing.title for name, mixing in MIXES.items()}
    name = choose_one(st.selectbox, "Method", titles, key="mix", on_change=take_alpha)
    method = MIXES[name]
    st.caption(f"{method.idea} *{method.paper}*")
    alpha = st.slider(
        "α, the shape of λ's law",
        0.0,
        8.0,
        method.alpha,
        0.05,
        key="alpha",
        bind="query-params",
        disabled=not method.lam.beta,
        help="Small α: nearly always almost all A or all B. 1: anything goes. Large: nearly always half and half. "
        "0 is off.",
    )
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    left.button("Draw λ", on_click=draw_lam, width="stretch", help="Draw λ and the place of the mask anew.")
    seed = seed_box(right, "The same one draws the same λ and the same place of the mask.", key="draw", low=1)
    first = choose_picture("A", 0)
    second = choose_picture("B", 1, first)

try:
    scene = Scene.of(first, second, name, lam, alpha, seed)
    shown = scene.player(FRAMES)
except ValueError as wrong:
    picture.error(plain(wrong))
    st.stop()

with picture.container():
    mix_player(shown, key="player", on_lam=take_lam)
with words.container():
    for remark in scene.remarks(shown["now"]["mass"]):
        st.caption(plain(remark))

st.markdown("**Which λ is drawn**")
at, density = density_points(method.lam, alpha)
live_chart(
    law_chart(at, density, lam, draws(method.lam, alpha, seed)),
    alt=f"The law of λ, {method.lam.text} with α = {alpha:g}, over a histogram of 2,000 draws; "
    f"a line marks λ = {lam:.2f}.",
    key="law",
    height=240,
)
if method.lam.beta and alpha == 0:
    st.caption("α = 0 turns mixing off: every λ drawn is 1, so that every picture stays as it is.")
else:
    st.caption(f"{method.lam.text}{f', here with α = {alpha:g}' if method.lam.beta else ''}. Bars: 2,000 draws.")
trained = [way for way, names in (("supervised", TRAINABLE), ("mixmatch", MATCHABLE)) if name in names]
for way in trained:
    knobs = {"mix": name, "mix_alpha" if way == "supervised" else "alpha": alpha}
    training_link(f"Use in training: {METHODS[way].title}", st.session_state["from_a"], way, knobs)
if not trained:
    st.caption(f"{method.title} is for looking: no method of the Training page draws it.")
show_lenses(LENSES, scene, key="lens")
