"""Which two pictures are mixed: a file of one's own, a photograph, or one of a data set by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from ssl_core.data.catalog import cards
from ssl_core.data.photos import PHOTOS, read
from ssl_core.images.formats import ENDINGS

ROLES = {"A": ("from_a", "a"), "B": ("from_b", "b")}
UPLOAD, SAME = "upload", "same"
SIDE = 128  # of a file or a photograph: seen from the back row, and quick to mix
FIRST, SECOND = PHOTOS  # what is mixed to begin with


@dataclass(frozen=True)
class Chosen:
    """A picture of a data set, by its number among the training pictures; a photograph; or the bytes of a file."""

    data: str
    row: int = 0
    content: bytes | None = None


def choose_picture(role: str, row: int, first: Chosen | None = None) -> Chosen:
    """Widgets for one picture; B, which has a `first`, may come from the same data set."""
    data_key, row_key = ROLES[role]
    known = cards()
    titles = {UPLOAD: "Your own picture"} | {name: photo.title for name, photo in PHOTOS.items()}
    titles |= {name: card.title for name, card in known.items()}
    if first and first.data in known:
        titles, default = {SAME: "The same as A"} | titles, SAME
    elif first:
        default = FIRST if first.data == SECOND else SECOND
    else:  # a link that names a picture by its number means the first data set
        default = next(iter(known)) if {"a", "b"} & set(st.query_params) else FIRST
    data = choose_one(
        st.selectbox, f"Picture {role} comes from", titles, default, key=data_key,
        on_change=None if first else _b_follows,
    )  # fmt: skip
    if data == SAME and first:
        data = first.data
    if data == UPLOAD:
        file = st.file_uploader(f"Picture {role}", [*ENDINGS], max_upload_size=10, key=f"file_{row_key}")
        return Chosen(UPLOAD, content=file.getvalue() if file else None)
    if data in PHOTOS:
        st.caption(PHOTOS[data].credit)
        return Chosen(data)
    row = st.number_input(
        f"Picture {role}",
        0,
        known[data].train - 1,
        row,
        key=row_key,
        bind="query-params",
        help="Its number among the training pictures.",
    )
    return Chosen(data, int(row))


def _b_follows() -> None:
    """A comes from elsewhere: so does B, unless somebody chose where it comes from."""
    a, b = (st.session_state.get(key) for key, _ in ROLES.values())
    if b == SAME or b in PHOTOS:
        st.session_state[ROLES["B"][0]] = SAME if a in cards() else FIRST if a == SECOND else SECOND


def picture_of(chosen: Chosen, role: str) -> Any:
    """The chosen picture; raises ValueError, one sentence, for a file that is none."""
    from ssl_core.mix.pair import foreign, picture

    if chosen.data == UPLOAD or chosen.data in PHOTOS:
        from ssl_core.images.reading import read_picture, square

        if photo := PHOTOS.get(chosen.data):
            return foreign(square(read_picture(read(chosen.data)), SIDE), photo.name)
        if chosen.content is None:
            raise ValueError(f"Choose a file for picture {role} first.")
        return foreign(square(read_picture(chosen.content), SIDE), f"your picture {role}")
    data = dataset(chosen.data)
    return picture(data.images, data.labels, data.card.classes, chosen.row)
