"""Pictures of one's own: a zip of class folders, or a folder of the server the operator allows."""

from __future__ import annotations

import streamlit as st

from ssl_core.data import places
from ssl_core.data.brought import SIDES
from ssl_core.data.catalog import find_card
from ssl_core.data.uploads import MOST_ENTRIES, MOST_MEGABYTES, add
from ssl_core.runs.store import Store


def bring(store: Store) -> None:
    """The widgets, and what came of it."""
    if told := st.session_state.pop("brought", None):
        st.success(told)
    if wrong := st.session_state.pop("not_brought", None):
        st.error(wrong)
    with st.expander("Bring your own pictures", icon=":material/upload:", key="bring"):
        file = st.file_uploader(
            "A zip with one folder per class",
            ["zip"],
            key="zip",
            max_upload_size=MOST_MEGABYTES,
            help=f"At most {MOST_MEGABYTES} MB and {MOST_ENTRIES:,} files. PNG, JPEG, WebP, BMP or GIF. A folder "
            "train/ and a folder test/ above the classes are kept apart; otherwise a fifth becomes the test.",
        )
        st.text_input("Name", "My pictures", max_chars=40, key="zip_name")
        left, right = st.columns(2)
        left.selectbox(
            "Size", SIDES, SIDES.index(32), format_func=lambda side: f"{side}×{side}", key="zip_side",
            help="Pictures are cut to a square and resized once. Four times the pixels take about four times as long.",
        )  # fmt: skip
        right.selectbox("Colour", ["colour", "grey"], key="zip_colour")
        st.toggle(
            "A mirrored picture keeps its class", True, key="zip_flip", help="Not so for digits, letters or left hands."
        )
        st.button("Keep as a data set", key="keep", disabled=file is None, width="stretch", on_click=_keep)
        if places.roots():
            st.divider()
            st.text_input("Or a folder of this machine", key="folder", placeholder="a path under SSL_ROOTS")
            st.button("Read the folder", key="read_folder", width="stretch", on_click=_read_folder)


def _choice() -> dict:
    told = st.session_state
    return {"side": told["zip_side"], "channels": 1 if told["zip_colour"] == "grey" else 3, "flip": told["zip_flip"]}


def _keep() -> None:
    try:
        card = add(st.session_state["zip"].getvalue(), st.session_state["zip_name"], **_choice())
    except (ValueError, OSError) as wrong:
        st.session_state["not_brought"] = str(wrong)
    else:
        _choose(card.name)


def _read_folder() -> None:
    from ssl_core.data.folders import name_of, prepare

    asked = _choice()
    try:
        name = name_of(st.session_state["folder"].strip(), asked["side"], asked["channels"])
        _choose(prepare(name, flip=asked["flip"]).name)
    except (ValueError, OSError) as wrong:
        st.session_state["not_brought"] = str(wrong)


def _choose(name: str) -> None:
    """Show what was brought."""
    from pages._data_scene import forget

    forget(name)
    st.session_state["data"] = name
    st.session_state["brought"] = f"Kept: {find_card(name).title}. It is now among the data of every page."
