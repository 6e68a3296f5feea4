"""The knobs of each method: the three that matter first as sliders, the others folded by subject, and a search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.shared.knob_widgets import knob_slider, knob_widget
from pages.parts.shared.plain import plain
from ssl_core.features.card import learned_from
from ssl_core.figures.look import look
from ssl_core.fillings import with_runs
from ssl_core.knobs import Knob, first_of, matches
from ssl_core.runs.made_check import at_hand
from ssl_core.runs.store import Store

SHARED_FIRST = ("steps", "lr", "batch")  # where a method has not three numbers of its own
OWN = "More of this method"
FOUND = 30  # seconds for which what searches found is kept


def choose_knobs(store: Store, data: str, methods: list[str], strong: str) -> dict[str, dict[str, Any]]:
    """The knobs of each method that were changed; a pipeline from a link is one of them."""
    from ssl_core.methods import METHODS

    changed: dict[str, dict[str, Any]] = {}
    with st.expander("Knobs of each method", key="method_knobs"):
        for method in methods:
            with st.popover(look(method)[0], width="stretch"):
                st.markdown(f"{METHODS[method].idea}  \n*{METHODS[method].paper}*")
                if mine := _of_method(store, data, method, strong):
                    changed[method] = mine
    return changed


def _of_method(store: Store, data: str, method: str, strong: str) -> dict[str, Any]:
    """The widgets of one method; what differs from its recipe."""
    from ssl_core.methods import METHODS
    from ssl_core.train.config import all_knobs, defaults

    table, usual, key = all_knobs(method, data), defaults(data, method), f"{data}-{method}"
    table["rebalance"] = with_runs(table["rebalance"], at_hand(store.of_data(data), data))
    changed: dict[str, Any] = {}
    model = knob_widget("model", table.pop("model"), usual["model"], key=f"{key}-model")
    if model != usual["model"]:
        changed["model"] = model
    if seen := learned_from(model):
        st.caption(f"{seen} The values below are its own.")
    values = defaults(data, method, model)
    _follow(key, model, values, lambda before: defaults(data, method, before))
    if strong:
        changed["strong"] = values["strong"] = strong
    own = {name: knob for name, knob in table.items() if not knob.subject}
    first = first_of(own, SHARED_FIRST)
    place_of, found = _places(key, METHODS[method].title, table, first), found_by_searches(store, data, method)
    for name, knob in table.items():
        with place_of(name):
            show = knob_slider if name in first else knob_widget
            value = show(name, knob, values[name], key=f"{key}-{name}")
            if name in found:
                st.caption(plain(found[name]))
        if value != values[name]:
            changed[name] = value
    return changed


def _places(key: str, title: str, table: dict[str, Knob], first: list[str]) -> Callable[[str], Any]:
    """Where each knob's widget stands. All are made, found or not: a widget that is left out forgets its value."""
    hint = f"a word, such as {'confident' if 'threshold' in table else 'rate'}"
    text = st.text_input("Find a knob", key=f"find-{key}", live=True, placeholder=hint)
    found = [name for name, knob in table.items() if matches(name, knob, text)]
    if text.strip():
        words = f"{len(found)} of {len(table)} knobs" if found else f"{title} has no knob with these words"
        st.caption(plain(f"{words}."))
    above, three = st.container(), st.container()
    folds: dict[str, Any] = {}
    for name, knob in table.items():
        subject = knob.subject or OWN
        if name not in (*first, *found) and subject not in folds:
            folds[subject] = st.expander(subject, type="compact", key=f"{key}-about-{subject}")
    return lambda name: above if name in found else three if name in first else folds[table[name].subject or OWN]


@st.cache_data(ttl=FOUND, max_entries=64, show_spinner=False)
def _found(root: str, data: str, method: str, _store: Store) -> dict[str, str]:
    from ssl_core.search.found import found_by_searches as read

    return read(_store, data, method)


def found_by_searches(store: Store, data: str, method: str) -> dict[str, str]:
    """What searches of this store found out about knobs of a method on a data set, a sentence each."""
    return _found(str(store.root), data, method, store)


def _follow(key: str, model: str, values: dict[str, Any], of: Callable[[str], dict[str, Any]]) -> None:
    """Another network has another recipe: knobs that stood at the former one's value, `of(network)`, move along."""
    before = st.session_state.get(f"{key}-before", model)
    st.session_state[f"{key}-before"] = model
    if before == model:
        return
    for name, was in of(before).items():
        if name != "model" and st.session_state.get(f"{key}-{name}") == was != values[name]:
            st.session_state[f"{key}-{name}"] = values[name]
