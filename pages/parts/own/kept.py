"""The first two steps with pictures that are kept: what they hold, some of each class, what was passed over."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.data.bring import again
from pages.parts.data.fetch import fetch_box
from pages.parts.own.bring import Ready
from pages.parts.shared.data_cache import dataset, follows_data
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from ssl_core.data.card import UNKNOWN, Card
from ssl_core.data.catalog import needs
from ssl_core.data.holds import holds

EACH = 6  # pictures of a class
MOST_CLASSES = 12  # rows of thumbnails


def kept_step(card: Card, controls: Any, view: Any) -> Ready | None:
    """What is kept, with what can be done about it; None where nothing can be trained on it."""
    with controls:
        st.caption(plain(card.text))
        again(card.name)
        st.page_link("data.py", label="Look closer on the Data page", icon=":material/photo_library:",
                     query_params={"data": card.name})  # fmt: skip
        fetch_box(store(), card.name)
    with view:
        st.markdown("##### 2. What was understood")
        count = len(card.classes)
        st.markdown(f"**{count} classes**: {holds(card)}" if count else holds(card))
        if missing := needs(card.name):
            st.info(plain(missing))
        try:
            for label, shots in some_of(card.name):
                caption = f"{card.classes[label]}" if label != UNKNOWN else "Without a label"
                grid = [picture(src, "", f"{caption}, picture {n + 1}") for n, src in enumerate(shots)]
                st.caption(f"**{plain(caption)}**")
                picture_grid(grid, key=f"own_class{label}", label=caption, side=card.side, columns=EACH, lines=0)
        except ValueError as wrong:
            st.error(plain(wrong))
            return None
        if count > MOST_CLASSES:
            st.caption(f"And {count - MOST_CLASSES} more classes.")
    return None if missing else Ready(card.side, card.channels)


@follows_data
@st.cache_data(max_entries=8, show_spinner=False)
def some_of(name: str) -> list[tuple[int, list[str]]]:
    """Sources of a few training pictures of every class, and of some whose class nobody knows."""
    from ssl_core.data.view import some

    return some(dataset(name), EACH, MOST_CLASSES)
