"""Where a subject of the Generate page stands: what is seen on the left, what is pressed on the right, Start on top."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

HEIGHTS = {"view": 540, "start": 44}  # pixels of what comes there a moment later


class Stage(NamedTuple):
    """Three places: `view` and `start` hold room until something is put into them with `container()`."""

    view: Any
    controls: Any
    start: Any


def stage() -> Stage:
    """The places of one subject; on a phone the controls come first (assets/frame/look.css)."""
    left, right = st.columns([2.3, 1], gap="large")
    controls = right.container(key="generate_controls")
    made = Stage(left.empty(), controls, controls.empty())  # Start comes first: on the first screen of a phone
    made.view.container().skeleton(height=HEIGHTS["view"])
    made.start.container().skeleton(height=HEIGHTS["start"])
    return made


def staged(
    choose: Callable[[], Any], start: Callable[[Any], None], show: Callable[[Any], None],
    words: Callable[[Any], None] = lambda chosen: None,
) -> None:  # fmt: skip
    """One subject: `choose` asks for it; `start` stands above, `words` below; `show` shows what comes of it."""
    places = stage()
    with places.controls:
        chosen = choose()
        with places.start.container():
            start(chosen)
        words(chosen)
    with places.view.container():
        show(chosen)
