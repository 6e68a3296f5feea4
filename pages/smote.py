"""SMOTE with its trace: which sample a new one comes from, towards which neighbour it goes, and what it is worth."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.beside import beside
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.plain import plain
from pages.parts.shared.use_in_training import training_link
from pages.parts.smote.choice import choose
from pages.parts.smote.follow import follow_one
from pages.parts.smote.lenses import LENSES
from pages.parts.smote.scene import Scene, balanced
from ssl_core.figures.smote import kinds_words, plane_chart


def take_point() -> None:
    """A new sample was clicked: its number becomes the one that is followed."""
    points = st.session_state["plane"].selection.points
    numbers = [point["customdata"] for point in points if "customdata" in point]
    if numbers:
        first = numbers[0]
        st.session_state["point"] = int(first[0] if isinstance(first, (list, tuple)) else first)


st.title("SMOTE")
st.caption(
    "To balance classes, SMOTE invents samples for the rare ones: take one, go part of the way to one of its "
    "nearest neighbours of the same class. Click an orange diamond to see where it comes from."
)
view, controls, rest = beside("smote")
with view:
    stage = st.empty()
    with stage.container():
        st.skeleton(height=390)
with controls:
    setting = choose()
    names = setting.names
    label = choose_one(st.selectbox, "Class to look at", names, list(names)[-1] if names else None, key="look")
    by_class = st.toggle("Colour the other classes", key="by_class", bind="query-params")
    shows_graph = st.toggle("Show the graph of neighbours", True, key="graph", bind="query-params")

try:
    from ssl_core.oversample import scene as look
    from ssl_core.oversample.danger import MEANING

    scene = Scene(setting, balanced(setting), label, names)
except ValueError as wrong:
    stage.error(plain(wrong))
    st.stop()

_, y, space, outcome = scene.balanced
plane = look.look_at(space, y, outcome, setting.m)
mine = scene.mine
number = None
with controls:
    if mine:
        st.session_state["point"] = min(int(st.session_state.get("point") or 0), len(mine) - 1)
        number = int(
            st.number_input(
                "New sample to follow", 0, len(mine) - 1, key="point", bind="query-params", help="Or click it in the "
                "chart."
            )
        )  # fmt: skip

edges = look.graph(space, y, label, setting.k)
ends = look.ends(outcome, mine)
chosen = (number, *ends[number]) if number is not None and outcome.base[mine[number]] >= 0 else None
with stage.container():
    for note in outcome.notes:
        (st.warning if note in outcome.shortfalls else st.caption)(plain(note))
    figure = plane_chart(
        plane, names, label, edges if shows_graph else edges[:0], ends, by_class=by_class, chosen=chosen
    )
    st.plotly_chart(
        figure,
        key="plane",
        height=390,
        on_select=take_point,
        selection_mode="points",
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"The samples in a plane. Class {names[label]} has {int((y == label).sum())} real samples and "
        f"{len(mine)} new ones on lines between them.",
    )
with rest:
    st.caption(kinds_words(setting.m, MEANING))
    if plane.share < 0.999:
        st.caption(
            f"The plane shows {100 * plane.share:.0f} % of the real samples' variance: near here may be far apart."
        )
    follow_one(scene, number)

knobs = {"rebalance": "smote", "imbalance": setting.ratio}
training_link("Use in training: a long tail of labels, filled by SMOTE", setting.source, "supervised", knobs)
show_lenses(LENSES, scene, key="smote_lens")
