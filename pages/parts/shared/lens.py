"""A lens is one way of looking at what a page is about: a title to choose it by, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar

import streamlit as st

from pages.parts.shared.address import choose_one

Scene = TypeVar("Scene")


class Lens(NamedTuple, Generic[Scene]):
    """What the chooser says, and the function that shows the page's scene through this lens."""

    title: str
    show: Callable[[Scene], None]


Lenses = Mapping[str, Lens[Scene]]


def choose_lens(lenses: Lenses, *, key: str, label: str = "Look closer") -> str:
    """The chooser; the key of the chosen lens, the first where an address asks for none or for one there is not."""
    titles = {name: lens.title for name, lens in lenses.items()}
    return choose_one(st.segmented_control, label, titles, key=key, required=True)


def show_lenses(lenses: Lenses[Scene], scene: Scene, *, key: str, label: str = "Look closer") -> None:
    """The chooser, and below it the page's scene through the chosen lens."""
    lenses[choose_lens(lenses, key=key, label=label)].show(scene)
