"""The gallery: every operation on one picture; a click takes one into the pipeline."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.augmentations.pipeline_builder import TEXT, change
from pages.parts.shared.data_cache import fingerprint, follows_data
from pages.parts.shared.pictures import picture, picture_grid

START = "rotate(0..25)@0.8 > translate_x(0..0.15)@0.5 > contrast(0.5..1.5) > cutout(0.2..0.4)@0.5"


def _drawn(key: str, fingerprint: str, pick: int, _pictures: Any) -> list[Any]:
    from ssl_core.studio.gallery import gallery

    return gallery(_pictures, pick)


_of_all = follows_data(st.cache_data(max_entries=32, show_spinner=False)(_drawn))
_of_one = st.cache_data(max_entries=4, show_spinner=False, scope="session")(_drawn)  # somebody's own picture


def show_gallery(source: str, pictures: Any, pick: int) -> None:
    """Every operation on this picture, drawn once; those of the pipeline are marked."""
    drawn = _of_one if source == "upload" else _of_all
    exhibits = drawn(pictures.key, fingerprint(source), pick, pictures)
    names = [exhibit.name for exhibit in exhibits]
    text = st.session_state[TEXT]
    own, alone = _built(text), "" if ">" in text else text.split("(")[0].split("@")[0].strip()
    st.caption(
        "Every operation at a middle strength. Click one to "
        + ("add it to your pipeline." if own else "see what it draws, and to set its strength.")
    )
    shots = [
        picture(e.src, f"{e.title}\n{e.words}", f"{e.title}, {e.words or 'no strength'}: {e.does}") for e in exhibits
    ]
    picture_grid(
        shots, key="gallery", label="Every operation on this picture: choose one", side=pictures.card.side, least=84,
        lines=2, chosen=names.index(alone) if alone in names else None,
        on_choose=lambda: _take(names, pictures.card.side),
    )  # fmt: skip


def _built(text: str) -> bool:
    """Whether somebody made this pipeline: more than one stage, and not those of the beginning."""
    return text != START and ">" in text


def _take(names: list[str], side: int) -> None:
    """An operation was clicked: it becomes the pipeline, or its end where somebody has built one; then it is seen."""
    from ssl_core.studio import edit

    place = st.session_state["gallery"].get("chosen")
    if place is None or not 0 < place < len(names):  # the first is the picture as it is
        return
    if not _built(st.session_state[TEXT]):
        st.session_state[TEXT] = ""
    change(edit.add, names[place], side)
    st.session_state["sweep"] = names[place]
