"""Pictures of one's own: a zip of class folders, or a folder of the server the operator allows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ssl_core.data import places
from ssl_core.data.brought import SIDES
from ssl_core.data.card import Card
from ssl_core.data.catalog import find_card
from ssl_core.data.uploads import MOST_ENTRIES, MOST_MEGABYTES, add


def settle() -> None:
    """Choose what was just brought; before the widgets of the page are made."""
    if name := st.session_state.pop("just_brought", None):
        st.session_state["data"] = name
        st.session_state["brought"] = f"Kept: {find_card(name).title}. It is now among the data of every page."


def bring() -> None:
    """The widgets, and what came of it."""
    if message := st.session_state.pop("brought", None):
        st.success(message)
    with st.expander("Bring your own pictures", icon=":material/upload:", key="bring"):
        file = st.file_uploader(
            "A zip with one folder per class",
            ["zip"],
            key=f"zip{st.session_state.get('zips', '')}",  # another key lets go of a file that was read
            max_upload_size=MOST_MEGABYTES,
            help=f"At most {MOST_MEGABYTES} MB and {MOST_ENTRIES:,} files. PNG, JPEG, WebP, BMP or GIF. A folder "
            "train/ and a folder test/ above the classes are kept apart; otherwise a fifth becomes the test.",
        )
        title = st.text_input("Name", "My pictures", max_chars=40, key="zip_name")
        left, right = st.columns(2)
        side = left.selectbox(
            "Size", SIDES, SIDES.index(32), format_func=lambda side: f"{side}×{side}", key="zip_side",
            help="Pictures are cut to a square and resized once. Four times the pixels take about four times as long.",
        )  # fmt: skip
        channels = {"colour": 3, "grey": 1}[right.selectbox("Colour", ["colour", "grey"], key="zip_colour")]
        flip = st.toggle(
            "A mirrored picture keeps its class", True, key="zip_flip", help="Not so for digits, letters or left hands."
        )
        if st.button("Keep as a data set", key="keep", disabled=file is None, width="stretch"):
            content = file.getvalue()
            _work(lambda progress: add(content, title, side=side, channels=channels, flip=flip, progress=progress))
        if places.roots():
            st.divider()
            path = st.text_input("Or a folder of this machine", key="folder", placeholder="a path under SSL_ROOTS")
            if st.button("Read the folder", key="read_folder", width="stretch"):
                from ssl_core.data.folders import name_of, prepare

                name = name_of(path.strip(), side, channels)
                _work(lambda progress: prepare(name, flip=flip, progress=progress))


def _work(make: Callable[[Callable[[int], None]], Card]) -> None:
    """Read the pictures, counting them aloud, then show them; one sentence where they cannot be read."""
    line = st.empty()
    line.caption("Reading …")

    def progress(done: int) -> None:
        if done % 50 == 0:
            line.caption(f"{done:,} pictures read …")

    try:
        st.session_state["just_brought"] = make(progress).name
    except (ValueError, OSError) as wrong:
        line.error(str(wrong))
        return
    from pages.parts.shared.data_cache import forget

    forget()
    st.session_state["zips"] = st.session_state.get("zips", 0) + 1
    st.rerun()
