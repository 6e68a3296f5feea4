"""The experiments of the store as a list: pinned ones first, searched by name and tag; the address holds the id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pages.parts.shared.address import choose_one
from pages.parts.shared.store import store
from pages.parts.shared.who import visible
from ssl_core.runs.experiment_names import called


def choose_experiment(widget: Callable[..., Any], nothing: str, *, key: str, **facts: Any) -> str:
    """One experiment by its id, "" for none; `nothing` is what the list says then, `facts` go to the widget.

    In a class they are one's own, or everybody's.
    """
    known = called(store())
    titles = {"": nothing} | {name: known[name].title for name in visible(known, key)}
    return choose_one(widget, "Experiment", titles, key=key, disabled=len(titles) == 1, **facts)


def tags_in_use() -> list[str]:
    """Every tag of the store, those of pinned and new experiments first."""
    return list(dict.fromkeys(tag for one in called(store()).values() for tag in one.about.tags))
