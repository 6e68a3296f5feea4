"""What chosen files were understood to be, before anything is kept: in words, and as some of the pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from pages.parts.data.choose import Choices
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from ssl_core.data.uploads import File
from ssl_core.images.reading import FITS

LOOKED = 8  # pictures of the preview
FITTED = 4  # of the comparison of cut, pad and squash
LOSES = {  # what each way of making a picture square does to it
    "cut": "the middle; what lies at the ends is lost.",
    "pad": "everything, smaller, with a rim added.",
    "squash": "everything, but shapes are distorted.",
}
MOST_LEFT_OUT = 6  # lines on what was passed over


def show_understood(files: list[File], choices: Choices, most: int = LOOKED) -> bool:
    """What the files were understood to be, before anything is kept, and some of the pictures; False with an error."""
    try:
        look = look_of(files)
        shots = _shots(look, choices, choices.fit, most)
        fits = {fit: _shots(look, choices, fit, FITTED) for fit in FITS}
    except (ValueError, RuntimeError) as wrong:
        st.error(plain(wrong))
        return False
    count, what, rest = look.words.split(" ", 2)
    st.markdown(f"**{count} {what}** {plain(rest)}")
    left_out(look.told.left_out)
    if shots:
        _grid(shots, "zip_look", "As they would be kept")
    if len({tuple(shot.src for shot in some) for some in fits.values()}) > 1:
        st.markdown("**Some are not square.** Each way keeps something else:")
        for fit, some in fits.items():
            st.caption(f"{fit.capitalize()}{' (chosen)' if fit == choices.fit else ''}: {LOSES[fit]}")
            _grid(some, f"zip_{fit}", f"The same pictures: {fit}")
    return True


def left_out(rows: Iterable[Any]) -> None:
    """What was passed over, how many of it and why; rows of what, count and why."""
    rows = list(rows)
    for what, count, why in rows[:MOST_LEFT_OUT]:
        st.caption(f"Passed over: {count:,} {plain(what)} ({plain(why)}).")
    if rest := rows[MOST_LEFT_OUT:]:
        st.caption(f"Passed over: {sum(count for _, count, _ in rest):,} more.")


def _grid(shots: list, key: str, label: str) -> None:
    shown = [picture(shot.src, shot.label, shot.label) for shot in shots]
    picture_grid(shown, key=key, label=label, side=64, least=84, lines=1)


def look_of(files: list[File]) -> Any:
    """What the files hold, opened once for as long as they are the same; raises ValueError, one sentence."""
    from ssl_core.data.look import look_at

    key = [(name, len(content)) for name, content in files]
    if st.session_state.get("zip_looked", (None,))[0] != key:
        st.session_state["zip_looked"] = (key, look_at(files), {})
    return st.session_state["zip_looked"][1]


def _shots(look: Any, choices: Choices, fit: str, most: int) -> list:
    """Some of the pictures as they would be kept, decoded once."""
    kept, key = st.session_state["zip_looked"][2], (choices.side, choices.channels, fit, most)
    if key not in kept:
        kept[key] = look.shots(choices.side or 64, choices.channels, fit, most)
    return kept[key]
