"""A lens is one way of looking at what a page is about: a title to choose it by, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar

import streamlit as st

Scene = TypeVar("Scene")


class Lens(NamedTuple, Generic[Scene]):
    """What the chooser says, and the function that shows the page's scene through this lens."""

    title: str
    show: Callable[[Scene], None]


Lenses = Mapping[str, Lens[Scene]]


def choose_lens(lenses: Lenses, *, key: str, label: str = "Look closer") -> str:
    """The chooser; the key of the chosen lens, the first where an address asks for none or for one there is not."""
    first = next(iter(lenses))
    if key not in st.session_state and st.query_params.get(key) == "":
        del st.query_params[key]  # else the chooser would stand there without a choice
        st.rerun()  # widgets read the address as it was when the run began
    name = st.segmented_control(
        label,
        lenses,
        default=first,
        required=True,
        format_func=lambda name: lenses[name].title,
        key=key,
        bind="query-params",
    )
    return name if name in lenses else first


def show_lenses(lenses: Lenses[Scene], scene: Scene, *, key: str, label: str = "Look closer") -> None:
    """The chooser, and below it the page's scene through the chosen lens."""
    lenses[choose_lens(lenses, key=key, label=label)].show(scene)
