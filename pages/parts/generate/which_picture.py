"""Choosing one picture by a name that fits into a run: one that ships, one of a data set, or one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.plain import plain
from ssl_core.data.catalog import cards
from ssl_core.images.formats import ENDINGS

DATA, MINE = "data", "mine"


def which_picture(role: str, default: str, *, key: str) -> str:
    """The name of the chosen picture; its role is said in the label. Empty where none was brought yet."""
    from ssl_core.data.single import MINE as FORM
    from ssl_core.generate.style_scene import titles

    kinds = titles() | {DATA: "A picture of a data set", MINE: "Your own picture"}
    chosen = choose_one(st.selectbox, role, kinds, default, key=key)
    if chosen == DATA:
        sets = {name: card for name, card in cards().items() if card.pictures and not name.startswith("folder:")}
        left, right = st.columns([1.6, 1])
        names = {name: card.title for name, card in sets.items()}
        data = choose_one(left.selectbox, f"{role} from", names, key=f"{key}_data")
        row = right.number_input(
            "Picture", 0, sets[data].train - 1, 17, key=f"{key}_row", bind="query-params", help="Its number."
        )
        return f"{data}:{int(row)}"
    if chosen != MINE:
        return chosen
    file, place = st.file_uploader("Your picture", [*ENDINGS], max_upload_size=10, key=f"{key}_file"), f"{key}_mine"
    if file and st.session_state.get(f"{place}_seen") != file.file_id:
        _bring(file, place)
    kept = st.query_params.get(place, "")
    return kept if FORM.fullmatch(kept) else ""


def _bring(file: Any, place: str) -> None:
    """Keep the picture, and put its name into the address."""
    from ssl_core.data.single import bring

    try:
        st.query_params[place] = bring(file.getvalue())
        st.session_state[f"{place}_seen"] = file.file_id
    except (ValueError, OSError) as wrong:
        st.error(plain(wrong))
