"""Variants of an experiment: one method with other knobs as a further line. All of them are in the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_some
from pages.parts.shared.knob_widgets import knob_widget
from pages.parts.shared.plain import plain
from ssl_core.lines import Line

MADE = "variants made"  # texts that were put together here; the address has those that are chosen


def choose_variants(data: str) -> list[Any]:
    """The chosen variants, and a small form that adds one. What a link says and cannot be read is a sentence."""
    from ssl_core.runs.variants import read_text

    known, state = {}, st.session_state
    for text in dict.fromkeys([*state.get(MADE, []), *st.query_params.get_all("variant")]):
        try:
            known[text] = read_text(text)
        except ValueError as wrong:
            st.warning(plain(f"A variant of this link is left out. {wrong}"))
    titles = {text: Line(one.method, one.title).title for text, one in known.items()}
    chosen = choose_some(
        st.multiselect,
        "Variants",
        titles,
        key="variant",
        placeholder="none: add one below",
        disabled=not titles,
        help="Further lines of the chart: a method with some of its knobs set otherwise. "
        "Each is trained with the same label counts and seeds.",
    )
    state[MADE] = list(titles)  # so that one that was taken out can be chosen again
    with st.popover("Add a variant", icon=":material/call_split:", width="stretch"):
        _new_variant(data)
    return [known[text] for text in chosen]


def _new_variant(data: str) -> None:
    """Pick a method, change knobs, and take or change the name that says what differs."""
    from ssl_core.methods import METHODS
    from ssl_core.runs.variants import LONGEST, Variant, to_text
    from ssl_core.train.config import all_knobs, defaults

    every = {name: method.title for name, method in METHODS.items()}
    usual = list(every).index("fixmatch")
    method = st.selectbox("Method", every, usual, format_func=every.get, key="variant_method")
    table, values = all_knobs(method, data), defaults(data, method)
    words = {name: knob.label(name) for name, knob in table.items()}
    names = st.multiselect(
        "Knobs to change",
        table,
        format_func=words.get,
        key=f"variant_knobs-{method}",
    )
    knobs: dict[str, Any] = {}
    for name in names:
        value = knob_widget(name, table[name], values[name], key=f"variant-{data}-{method}-{name}", bound=False)
        if value != values[name]:
            knobs[name] = value
    suggestion = Variant(method, knobs).title
    name = st.text_input("Name", placeholder=suggestion, max_chars=LONGEST, key="variant_name")
    text = to_text(Variant(method, knobs, name.strip()))
    st.button("Add", key="add_variant", type="primary", disabled=not knobs, on_click=_add, args=(text,))
    st.caption("The name of a variant is its knobs, unless you give it one." if knobs else "Change a knob first.")


def _add(text: str) -> None:
    state = st.session_state
    state[MADE] = [*state.get(MADE, []), text]
    if text not in (chosen := state.get("variant") or []):
        state["variant"] = [*chosen, text]
    state["variant_name"] = ""
