"""Which picture the network is asked about: one of the test, a file, a paste, a drawing, the camera, or many files."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.predict.drawing import drawing_sheet, paste_place
from pages.parts.shared.address import choose_one
from ssl_core.images import ENDINGS as IMAGES

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


def choose_picture(source: str, card: Any, data: Any) -> Any:
    """Widgets for one picture; None while none was given. Raises ValueError, one sentence, for a bad one."""
    from ssl_core.predict.picture import Asked, fit_bytes, fit_drawn, of_test

    if source == "test":
        number, button = st.columns([2, 1], vertical_alignment="bottom")
        row = number.number_input("Number", 1, 9_999, key="which", bind="query-params")
        button.button("Next", on_click=another, width="stretch", key="next")
        return of_test(data, int(row))
    if source == "draw":
        drawn = drawing_sheet(key="sheet")
        return Asked(fit_drawn(drawn, card, cut_strokes(card, drawn=True)), "Your drawing") if drawn else None
    if source == "camera":
        file = st.camera_input("Take a picture", key="camera")
        return Asked(fit_bytes(file.getvalue(), card, cut_strokes(card)), "Your photograph") if file else None
    file = st.file_uploader("Your picture", ENDINGS, max_upload_size=10, key="own_file")
    pasted = paste_place(key="pasted")
    ink = cut_strokes(card)
    if file:
        return Asked(fit_bytes(file.getvalue(), card, ink), "Your picture")
    return Asked(fit_drawn(pasted, card, ink), "Your pasted picture") if pasted else None


def cut_strokes(card: Any, *, drawn: bool = False) -> bool:
    """Whether strokes are cut out of their paper, asked where the data set is made of strokes."""
    from ssl_core.predict.picture import INKED

    if card.name not in INKED:
        return False
    return drawn or st.toggle(
        "Dark strokes on light paper",
        True,
        key="ink",
        bind="query-params",
        help="These pictures are bright strokes on black that fill the height. On: the stroke is cut out, turned "
        "bright and made to fill the height. Off: the middle square is taken as it is.",
    )


def choose_files(card: Any) -> tuple[list[Any], bool]:
    """Several uploaded files, and whether strokes are cut out."""
    files = st.file_uploader(
        "Pictures, or a zip of pictures", [*ENDINGS, "zip"], True, max_upload_size=10, key="many_files"
    )
    return files, cut_strokes(card)
