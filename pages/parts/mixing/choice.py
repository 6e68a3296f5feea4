"""Which two pictures are mixed: from a data set by number, or a file of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from ssl_core.data.catalog import cards
from ssl_core.images import ENDINGS

ROLES = {"A": ("from_a", "a"), "B": ("from_b", "b")}
UPLOAD, SAME = "upload", "same"
UPLOAD_SIDE = 64  # enough to see, and quick to mix


@dataclass(frozen=True)
class Chosen:
    """A picture of a data set, by its number among the training pictures; or the bytes of a file."""

    data: str
    row: int = 0
    content: bytes | None = None


def choose_picture(role: str, row: int, first: Chosen | None = None) -> Chosen:
    """Widgets for one picture; B, which has a `first`, starts from the same data set."""
    data_key, row_key = ROLES[role]
    known = cards()
    titles = {name: card.title for name, card in known.items()} | {UPLOAD: "Your own picture", SAME: "The same as A"}
    options = [*([SAME] if first else []), *known, UPLOAD]
    data = choose_one(
        st.selectbox, f"Picture {role} comes from", {name: titles[name] for name in options}, key=data_key
    )
    if data == SAME and first:
        data = first.data if first.data in known else next(iter(known))
    if data == UPLOAD:
        file = st.file_uploader(f"Picture {role}", [*ENDINGS], max_upload_size=10, key=f"file_{row_key}")
        return Chosen(UPLOAD, content=file.getvalue() if file else None)
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


def picture_of(chosen: Chosen, role: str) -> Any:
    """The chosen picture; raises ValueError, one sentence, for a file that is none."""
    from ssl_core.mix.pair import foreign, picture

    if chosen.data == UPLOAD:
        from ssl_core.images import read_picture, square

        if chosen.content is None:
            raise ValueError(f"Choose a file for picture {role} first.")
        return foreign(square(read_picture(chosen.content), UPLOAD_SIDE), f"your picture {role}")
    data = dataset(chosen.data)
    return picture(data.images, data.labels, data.card.classes, chosen.row)
