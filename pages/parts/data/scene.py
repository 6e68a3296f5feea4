"""The data set and split that the Data page is about, kept for a while and shared by visitors."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.data_cache import dataset, follows_data


class Scene(NamedTuple):
    """A data set with its split, and the choices that it is kept by."""

    seen: Any
    choices: tuple[str, int, int, float]  # data set, label count, seed, imbalance


@follows_data
@st.cache_resource(max_entries=8, show_spinner=False)
def seen_of(name: str, count: int, seed: int, imbalance: float) -> Any:
    """A data set with its split; raises ValueError, one sentence."""
    from ssl_core.data.view import see

    return see(dataset(name), count, seed, imbalance)


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Comparing every picture with every other …", show_time=True)
def leaks_of(name: str, count: int, seed: int, imbalance: float, inside: bool = False) -> Any:
    """Nearly the same pictures in two parts of this split, or inside one."""
    from ssl_core.data.view import leaked

    return leaked(seen_of(name, count, seed, imbalance), inside=inside)


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Finding the directions in which pictures differ most …")
def map_of(name: str, count: int, seed: int, imbalance: float) -> Any:
    """The map of this split."""
    from ssl_core.data.view import plane

    return plane(seen_of(name, count, seed, imbalance))
