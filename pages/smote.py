"""SMOTE with its trace: which sample a new one comes from, towards which neighbour it goes, and what it is worth."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.plain import plain
from pages.parts.shared.trained import trained_runs
from pages.parts.shared.use_in_training import training_link
from pages.parts.smote.follow import follow_one
from pages.parts.smote.lenses import LENSES
from pages.parts.smote.scene import TOYS, Scene, Setting, balanced, sources
from ssl_core.data.catalog import cards
from ssl_core.figures.smote import plane_chart


def take_point() -> None:
    """A new sample was clicked: its number becomes the one that is followed."""
    points = st.session_state["plane"].selection.points
    numbers = [point["customdata"] for point in points if "customdata" in point]
    if numbers:
        first = numbers[0]
        st.session_state["point"] = int(first[0] if isinstance(first, (list, tuple)) else first)


def choose() -> Setting:
    """The widgets that decide what is shown."""
    titles = sources()
    source = choose_one(st.selectbox, "Start from", titles, key="source")
    toy = source in TOYS
    if toy:
        classes = tuple(range(3 if source == "blobs" else 2))
    else:
        names = cards()[source].classes
        preset = list(dict.fromkeys(names[i] for i in (0, -1, -2)))
        picked = st.multiselect(
            "Classes, the largest first", names, preset, key=f"classes_{source}", bind="query-params", help="Class "
            "sizes fall from the first to the last."
        )  # fmt: skip
        classes = tuple(names.index(name) for name in picked)
    left, right = st.columns(2)
    most = 400 if toy else max(20, cards()[source].train // len(cards()[source].classes) - 20)
    largest = left.slider("Largest class", 10, most, min(100, most), key="largest", bind="query-params")
    imbalance = right.slider(
        "Imbalance", 1.0, 100.0, 8.0, 0.5, key="imbalance", bind="query-params", help="How many times smaller the last "
        "class is than the first."
    )  # fmt: skip
    from ssl_core.oversample import VARIANTS
    from ssl_core.oversample.space import SPACES

    variant = choose_one(st.selectbox, "Method", {name: one.title for name, one in VARIANTS.items()}, key="variant")
    st.caption(f"{VARIANTS[variant].text} {VARIANTS[variant].trap}")
    left, right = st.columns(2)
    k = left.number_input(
        "k neighbours", 1, 500, 5, key="k", bind="query-params", disabled=variant == "random", help="A sample may go "
        "towards any of its k nearest of the same class. With 4 labels a class, k can be at most 3."
    )  # fmt: skip
    draw = right.number_input(
        "Seed", 0, 9999, 0, key="seed_smote", bind="query-params", help="Decides which samples are drawn and where the "
        "new ones go."
    )  # fmt: skip
    space, run = "pixels", None
    if not toy:
        space = choose_one(st.selectbox, "Draw the lines in", SPACES, key="space")
        if space == "features" and (runs := trained_runs(source)):
            run = choose_one(st.selectbox, "Trained run", runs, key="features_of")
    return Setting(source, classes, int(largest), float(imbalance), int(draw), variant, int(k), space, run)


st.title("SMOTE")
st.caption(
    "To balance classes, SMOTE invents samples for the rare ones: take one, go part of the way to one of its nearest "
    "neighbours of the same class. Click an orange diamond to see where it comes from."
)
view, controls = st.columns([2.3, 1], gap="large")
with view:
    stage = st.empty()
    with stage.container():
        st.skeleton(height=520)
with controls:
    setting = choose()
    names = setting.names
    label = choose_one(st.selectbox, "Class to look at", names, list(names)[-1] if names else None, key="look")
    by_class = st.toggle("Colour the other classes", key="by_class", bind="query-params")
    shows_graph = st.toggle("Show the graph of neighbours", True, key="graph", bind="query-params")

try:
    from ssl_core.oversample import scene as look

    scene = Scene(setting, balanced(setting), label, names)
except ValueError as wrong:
    stage.error(plain(wrong))
    st.stop()

_, y, space, outcome = scene.balanced
plane = look.look_at(space, y, outcome)
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
        height=470,
        on_select=take_point,
        selection_mode="points",
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"The samples in a plane. Class {names[label]} has {int((y == label).sum())} real samples and "
        f"{len(mine)} new ones on lines between them.",
    )
    if plane.share < 0.999:
        st.caption(
            f"The plane shows {100 * plane.share:.0f} % of the real samples' variance: near here may be far apart."
        )
    follow_one(scene, number)

knobs = {"rebalance": "smote", "imbalance": float(setting.imbalance)}
training_link("Use in training: a long tail of labels, filled by SMOTE", setting.source, "supervised", knobs)
show_lenses(LENSES, scene, key="smote_lens")
