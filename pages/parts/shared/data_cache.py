"""The one cache of data sets that all pages share, and the way to forget it with everything computed from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from ssl_core.data.catalog import find_card

Cache = TypeVar("Cache", bound=Callable[..., Any])
_FOLLOWERS: list[Any] = []


def follows_data(cache: Cache) -> Cache:
    """Mark a cache of something computed from a data set: it is forgotten together with the data sets.

    For functions of modules under parts/, which are imported once; a page itself runs anew at every visit.
    """
    _FOLLOWERS.append(cache)
    return cache


def dataset(name: str) -> Any:
    """A data set of the catalog, loaded once for all visitors; raises ValueError, one sentence, if it is not there.

    One that a terminal has read again meanwhile is loaded again.
    """
    return _dataset(name, fingerprint(name))


def fingerprint(name: str | None) -> str:
    """What a data set is now, to keep things by; nothing where there is none."""
    card = find_card(name)
    return card.fingerprint if card else ""


@follows_data
@st.cache_resource(max_entries=4, show_spinner=False)
def _dataset(name: str, fingerprint: str) -> Any:
    from ssl_core.data import load

    return load(name)


def forget() -> None:
    """A data set has changed or is gone: nothing that was read or computed from any of them is kept."""
    for cache in _FOLLOWERS:
        cache.clear()
