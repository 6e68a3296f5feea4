"""Which picture the network is asked about: one of the test, a file, a paste, a drawing, the camera, or many files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.parts.predict.drawing import drawing_sheet, paste_place
from pages.parts.shared.address import choose_one
from ssl_core.images.formats import ENDINGS as IMAGES

SOURCES = {
    "test": "Test picture",
    "own": "Upload or paste",
    "draw": "Draw",
    "camera": "Camera",
    "many": "Several files or a zip",
}
ENDINGS = [ending[1:] for ending in IMAGES]


def another() -> None:
    """The next test picture."""
    st.session_state["which"] = st.session_state["which"] % 9_999 + 1


def choose_source(*, test: bool = True) -> str:
    """What kind of picture; `test` says that there are test pictures."""
    sources = {name: title for name, title in SOURCES.items() if test or name != "test"}
    return choose_one(st.radio, "Picture", sources, key="source", horizontal=True)


def choose_picture(source: str, cards: Sequence[Any], data: Any) -> Callable[[Any], Any] | None:
    """Widgets for one picture; how a network sees it, by its card, or None while none was given.

    `cards` are those of all who are asked, `data` is where a test picture comes from. Raises ValueError, one sentence,
    for a bad picture; so does what is given back, for a network that cannot see it.
    """
    from ssl_core.predict.picture import Asked, fit_bytes, fit_drawn, of_test
    from ssl_core.predict.together import as_seen_by

    if source == "test":
        number, button = st.columns([2, 1], vertical_alignment="bottom")
        row = number.number_input("Number", 1, 9_999, key="which", bind="query-params")
        button.button("Next", on_click=another, width="stretch", key="next")
        shown = of_test(data, int(row))
        return lambda card: as_seen_by(shown, data.card, card)
    if source == "draw":
        drawn = drawing_sheet(key="sheet")
        return (lambda card: Asked(fit_drawn(drawn, card, inked(card)), "Your drawing")) if drawn else None
    if source == "camera":
        file = st.camera_input("Take a picture", key="camera")
        ink = cut_strokes(cards)
        return (lambda card: Asked(fit_bytes(file.getvalue(), card, ink(card)), "Your photograph")) if file else None
    file = st.file_uploader("Your picture", ENDINGS, max_upload_size=10, key="own_file")
    pasted = paste_place(key="pasted")
    ink = cut_strokes(cards)
    if file:
        return lambda card: Asked(fit_bytes(file.getvalue(), card, ink(card)), "Your picture")
    return (lambda card: Asked(fit_drawn(pasted, card, ink(card)), "Your pasted picture")) if pasted else None


def inked(card: Any) -> bool:
    """Whether a network was taught bright strokes on black."""
    from ssl_core.predict.picture import INKED

    return card.name in INKED


def cut_strokes(cards: Sequence[Any]) -> Callable[[Any], bool]:
    """For whom strokes are cut out of their paper: asked where a data set is made of strokes."""
    wanted = any(map(inked, cards)) and st.toggle(
        "Dark strokes on light paper",
        True,
        key="ink",
        bind="query-params",
        help="These pictures are bright strokes on black that fill the height. On: the stroke is cut out, turned "
        "bright and made to fill the height. Off: the middle square is taken as it is.",
    )
    return lambda card: wanted and inked(card)


def choose_files(card: Any) -> tuple[list[Any], bool]:
    """Several uploaded files, and whether strokes are cut out."""
    files = st.file_uploader(
        "Pictures, or a zip of pictures", [*ENDINGS, "zip"], True, max_upload_size=10, key="many_files"
    )
    return files, cut_strokes([card])(card)
