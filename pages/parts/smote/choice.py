"""The widgets that decide what the SMOTE page shows: which samples, how many of each class, and which variant."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from pages.parts.shared.trained import trained_runs
from pages.parts.smote.scene import SIZES, TOYS, Setting, sizes_of, sources
from ssl_core.data.catalog import cards, ours
from ssl_core.knobs import knobs_of
from ssl_core.oversample.variants import Neighbours

SOME = 10  # classes of a data set with sizes of its own that are looked at to begin with
ENDS = 5  # of more than SOME: so many of the commonest, and of the rarest


def choose() -> Setting:
    """Show them; the setting that they say."""
    source = choose_one(st.selectbox, "Start from", sources(), key="source")
    sizes, classes = ("tail", tuple(range(3 if source == "blobs" else 2))) if source in TOYS else _classes(source)
    largest, imbalance = _tail(source, sizes)
    from ssl_core.oversample import VARIANTS
    from ssl_core.oversample.space import SPACES

    variant = choose_one(st.selectbox, "Method", {name: one.title for name, one in VARIANTS.items()}, key="variant")
    st.caption(f"{VARIANTS[variant].text} {VARIANTS[variant].trap}")
    k_box, m_box = st.columns(2)
    k = _neighbours(k_box, "k", variant == "random")
    m = _neighbours(m_box, "m", not VARIANTS[variant].m)
    space_box, draw_box = st.columns(2)
    draw = seed_box(draw_box, "It decides which samples are drawn and where the new ones go.", key="seed_smote")
    space, run = "pixels", None
    if source not in TOYS:
        space = choose_one(space_box.selectbox, "Draw the lines in", SPACES, key="space")
        if space == "features" and (runs := trained_runs(source)):
            run = choose_one(st.selectbox, "Trained run", runs, key="features_of")
    return Setting(source, classes, largest, imbalance, int(draw), variant, k, space, run, m, sizes)


def _classes(source: str) -> tuple[str, tuple[int, ...]]:
    """How many pictures the classes have, and which classes these are."""
    names = cards()[source].classes
    default = "own" if source in ours() else "tail"
    sizes = choose_one(
        st.radio, "Class sizes", SIZES, default, key=f"sizes_{source}", horizontal=True, help="As they are: the data "
        "set's own pictures, at most 1,000 in all, in proportion. A long tail: as many as the two sliders say."
    )  # fmt: skip
    if sizes == "tail":
        preset = list(dict.fromkeys(names[i] for i in (0, -1, -2)))
        words, key = "Classes, the largest first", f"classes_{source}"
    else:
        counts = sizes_of(source)
        shown = list(counts) if len(counts) <= SOME else [*list(counts)[:ENDS], *list(counts)[-ENDS:]]
        preset, words, key = [names[c] for c in shown], "Classes", f"own_classes_{source}"
    picked = st.multiselect(words, names, preset, key=key, bind="query-params")
    classes = [names.index(name) for name in picked]
    if sizes == "own":
        classes.sort(key=lambda c: -counts.get(c, 0))
        said = ", ".join(f"{names[c]} {counts.get(c, 0):,}" for c in classes[:SOME])
        st.caption(plain(f"Pictures: {said}{' …' if len(classes) > SOME else ''}"))
    return sizes, tuple(classes)


def _tail(source: str, sizes: str) -> tuple[int, float]:
    """Size of the largest class, and how many times smaller the last is: for a long tail alone."""
    left, right = st.columns(2)
    about = None if source in TOYS else cards()[source]
    most = 400 if about is None else max(20, about.train // len(about.classes) - 20)
    facts: dict[str, Any] = {"bind": "query-params", "disabled": sizes == "own"}
    largest = left.slider("Largest class", 10, most, min(100, most), key="largest", **facts)
    imbalance = right.slider(
        "Imbalance", 1.0, 100.0, 8.0, 0.5, key="imbalance", help="How many times smaller the last class is than the "
        "first.", **facts
    )  # fmt: skip
    return int(largest), float(imbalance)


def _neighbours(place: Any, name: str, off: bool) -> int:
    knob = knobs_of(Neighbours)[name]
    asked = place.number_input(
        f"{name} neighbours", int(knob.low), int(knob.high), knob.default, key=name, bind="query-params", disabled=off,
        help=f"{knob.help} Source: {knob.source}."
    )  # fmt: skip
    return int(asked)
