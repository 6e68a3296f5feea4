"""The picture that was answered last, back in front: to look at once more, or to say something else of it."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.parts.label.bench import Bench
from ssl_core.label.acts import answered

BACK = "label_back"


class Back(NamedTuple):
    """A picture that came back: its row, the order that asked about it then, and what this person says of it."""

    row: int
    order: str
    words: str


def brought_back(bench: Bench) -> Back | None:
    """The picture that this visitor looks at again, None where they are at the next one."""
    whose, picture = st.session_state.get(BACK, ("", ""))
    if whose != (bench.card.name, bench.who) or not (rows := bench.session.pictures.rows_of([picture])):
        return None
    word = bench.session.journal.said().words.get(picture, {}).get(bench.who)
    if word is None:
        return Back(rows[0], "", "You skipped it")
    return Back(rows[0], word.order, f"You said {word.label}" if word.label is not None else "You said none of these")


def go_back(bench: Bench) -> None:
    """One answer further back; from the first one on to the next picture again."""
    whose, picture = st.session_state.get(BACK, ("", ""))
    before = answered(bench.session.journal.acts(), bench.who)
    if whose == (bench.card.name, bench.who) and picture in before:
        before = before[: before.index(picture)]
    if before:
        st.session_state[BACK] = (bench.card.name, bench.who), before[-1]
    else:
        go_on()


def go_on() -> None:
    """To the picture that is asked about next."""
    st.session_state.pop(BACK, None)
