"""What the pipeline makes of the pictures: the grid of views, each with what it drew."""

from __future__ import annotations

import streamlit as st

from pages.parts.augmentations.scene import Scene
from pages.parts.shared.pictures import picture, picture_grid

SMALL = 64  # pixels a side up to which a picture is sharp in a narrow column


def show_views(scene: Scene) -> None:
    """Every view; a click chooses the one that the lenses look at."""
    stages, side = max(len(scene.policy.stages), 2), scene.card.side
    lines = min(6, 1 + stages) if side <= SMALL else min(4, 1 + (stages + 1) // 2)  # wider, so fewer
    shots = [
        picture(shot.src, f"{k + 1}. " + (", ".join(shot.words) or "unchanged"), shot.alt)
        for k, shot in enumerate(scene.view.shots)
    ]
    picture_grid(
        shots, key="views_grid", label="Augmented views: choose one to see it step by step", side=side,
        least=104 if side <= SMALL else 150, lines=lines, chosen=scene.sample, on_choose=_choose_sample,
    )  # fmt: skip


def _choose_sample() -> None:
    if (chosen := st.session_state["views_grid"].get("chosen")) is not None:
        st.session_state["sample"] = int(chosen) + 1
