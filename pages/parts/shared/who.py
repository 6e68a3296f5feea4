"""Who looks at a page, in a class, and whose runs it shows; alone on one's own machine nobody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.store import store
from pages.parts.shared.visitor import browser
from ssl_core.people import owners, register
from ssl_core.people.names import class_mode
from ssl_core.runs.store import Run

WHOSE = "whose"  # in the address, and the same on every page of a visit
MINE, ALL = "mine", "all"
Name = TypeVar("Name", bound=str)


def nickname() -> str:
    """What this browser's person is called; empty alone, and before it was said."""
    return remembered() if class_mode() else ""


def remembered() -> str:
    """What this browser called itself last, here and now or in another year; empty where it never did."""
    return register.called(store(), browser())


def is_mine(what: Run | str) -> bool:
    """Whether a run, or an experiment, search or data set by its name, is of this person; alone everything is."""
    if not class_mode():
        return True
    return owners.mine(store(), owners.subject(what) if isinstance(what, Run) else what, nickname())


def whose(place: Any = st) -> bool:
    """The choice between mine and everybody's, once on a page; whether mine alone are shown. Alone: nothing, False."""
    if not class_mode():
        return False
    titles = {MINE: "Mine", ALL: "Everybody's"}
    return choose_one(place.segmented_control, "Whose", titles, key=WHOSE, required=True) == MINE


def beside_whose(share: float = 2.2) -> Any:
    """The choice between mine and everybody's, and the place to its left for what it is about; alone just a place.

    That place is `share` times as wide.
    """
    if not class_mode():
        return st
    left, right = st.columns([share, 1], vertical_alignment="bottom")
    whose(right)
    return left


def only_mine() -> bool:
    """What was chosen, without asking: mine where nothing was."""
    return class_mode() and st.session_state.get(WHOSE, st.query_params.get(WHOSE, MINE)) != ALL


def asked(*keys: str) -> set[str]:
    """What the address or an earlier choice names under these keys, or any: that is shown, whosever it is."""
    named = {text for key in keys or st.query_params for text in st.query_params.get_all(key)}
    chosen = [st.session_state.get(key) for key in keys or st.session_state]
    named |= {text for value in chosen for text in (value if isinstance(value, list) else [value]) if type(text) is str}
    return named - {""}


def shown(*keys: str) -> Callable[[Run | str], bool]:
    """What says of a run, or of an experiment or search by its name, whether it is shown now.

    Mine or everybody's, and what was asked for under these keys, or any. For many: names are looked up once.
    """
    if not only_mine():
        return lambda what: True
    owned, me, wanted = owners.owners(store()), nickname(), asked(*keys)

    def shows(what: Run | str) -> bool:
        name, subject = (what.name, owners.subject(what)) if isinstance(what, Run) else (what, what)
        return name in wanted or owners.among(owned.get(subject, ()), me)

    return shows


def visible(names: Iterable[Name], *keys: str) -> list[Name]:
    """Those of these experiments or searches that are shown now."""
    return list(filter(shown(*keys), names))


def visible_data(names: Iterable[Name], *keys: str) -> list[Name]:
    """The same of data sets: what nobody brought is everybody's."""
    if not only_mine():
        return list(names)
    wanted, owned = asked(*keys), owners.owners(store())
    return [name for name in names if name in wanted or not owned.get(name) or is_mine(name)]


def runs_shown(experiment: str) -> list[Run]:
    """The runs of an experiment, if it is one of those that are shown: somebody else's appears once one starts it."""
    return store().of_experiment(experiment) if not only_mine() or is_mine(experiment) else []


def begun_by(what: Run | str) -> str:
    """Who began it, a sentence; nothing alone, and where nobody is known."""
    if not class_mode():
        return ""
    names = owners.owners(store()).get(owners.subject(what) if isinstance(what, Run) else what, [])
    return f"Begun by {listed(names)}." if names else ""


def listed(names: list[str], most: int = 5) -> str:
    """Names in a row: Anna, Bob and Mia; after `most` the others are counted."""
    shown = names[:most] + ([f"{len(names) - most} more"] if len(names) > most else [])
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
