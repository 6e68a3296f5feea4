"""Matching in a plane: what each of the three methods does to points, and where it goes wrong."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.seed import seed_box
from ssl_core.figures.look import look, percent
from ssl_core.figures.matching import matching_chart


def matching_view(method: str) -> None:
    """Three charts side by side, the chosen method first."""
    from ssl_core.methods.plane import MATCHERS, SCENES, matched, scene

    st.subheader("Matching, seen in a plane")
    left, middle, right = st.columns(3)
    name = choose_one(left.selectbox, "Points", SCENES, key="points")
    labels = middle.slider("Labelled points a class", 1, 20, 4, key="labelled_points", bind="query-params")
    seed = seed_box(right, "The same one draws the same points and gives the same ones a label.", key="plane_seed")
    plane = scene(name, int(labels), int(seed))
    order = [method, *(other for other in MATCHERS if other != method)]
    for column, other in zip(st.columns(3), order, strict=True):
        with column:
            labels_given, right_share = matched(plane, other)
            st.markdown(f"**{look(other)[0]}**: {percent(right_share)} right")
            live_chart(
                matching_chart(plane, labels_given), height=320, key=f"plane_{other}",
                alt=f"{SCENES[name]}, labelled by {look(other)[0]}: {percent(right_share)} of the points right.",
            )  # fmt: skip
    st.caption(
        "Stars are labelled, colours are the class given, crosses are mistakes. Beside a dense class the wide one "
        "loses its outskirts: the nearest star is not always a star of the same kind."
    )
