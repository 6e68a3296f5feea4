"""What is open for labelling: one for all visitors of a data set, and each visitor's own part of it."""

from __future__ import annotations

import dataclasses
import random
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.data_cache import fingerprint, follows_data
from ssl_core.data.card import Card

QUEUE = "label_at_hand"
BEGUN = "label_begun"  # in the address, too: a reload, or another server after a kill, goes on where one was


class Bench(NamedTuple):
    """A data set that is open, who labels it here, and the order that asks."""

    card: Card
    session: Any
    teacher: Any
    who: str
    order: str


@follows_data
@st.cache_resource(max_entries=4, show_spinner=False)
def _opening(name: str, fingerprint: str, root: str) -> Any:
    from ssl_core.label.opening import Opening

    return Opening(name)


def opening(name: str, root: str) -> Any:
    """How far the opening of a data set is, begun by whoever asks first; `root` is the store's."""
    return _opening(name, fingerprint(name), root)


def forget_opening(name: str, root: str) -> None:
    """Something went wrong: the next one who asks begins anew."""
    _opening.clear(name, fingerprint(name), root)


def has_begun(name: str) -> bool:
    """Whether this visitor began to label that data set, in this session or by the address they came back to."""
    begun = name in (st.session_state.get(BEGUN), st.query_params.get(BEGUN))
    if begun:
        begin(name)
    elif BEGUN in st.query_params:  # another data set was chosen
        del st.query_params[BEGUN]
    return begun


def begin(name: str) -> None:
    """Go on with this data set from now on, after a reload too."""
    st.session_state[BEGUN] = name
    if st.query_params.get(BEGUN) != name:
        st.query_params[BEGUN] = name


def give_up() -> None:
    """It cannot be opened: ask again whether to begin."""
    st.session_state.pop(BEGUN, None)
    if BEGUN in st.query_params:
        del st.query_params[BEGUN]


def session_of(name: str, opened: Any) -> Any:
    """The visitor's own session, kept from one look to the next."""
    mine = st.session_state.get("label_session")
    if mine is None or mine[0] is not opened:
        mine = st.session_state["label_session"] = (opened, opened.session())
        st.session_state.pop(QUEUE, None)
    return mine[1]


def at_hand(bench: Bench) -> list[tuple[int, str]]:
    """The rows in front of this visitor, the next one first, with the order that asked; [] where none is left.

    What follows is asked for aside, so that a key is answered at once; raises ValueError, one sentence.
    """
    return [(question.row, question.order) for question in _ahead(bench).at_hand()]


def put_in_front(bench: Bench, row: int, order: str) -> None:
    """This row is asked about next, unless it is before somebody else by now."""
    _ahead(bench).again(row, order)


def numbers_at_hand(bench: Bench) -> list[str]:
    """The pictures that lie before this visitor one by one, by their numbers: they stay theirs."""
    kept = st.session_state.get(QUEUE)
    return kept[1].numbers if kept and kept[0] == (bench.card.name, bench.who, bench.order) else []


def _ahead(bench: Bench) -> Any:
    from ssl_core.label.ahead import Ahead

    whose = (bench.card.name, bench.who, bench.order)
    kept = st.session_state.get(QUEUE)
    if kept is None or kept[0] != whose:
        session = dataclasses.replace(bench.session, journal=bench.session.journal.another())
        kept = st.session_state[QUEUE] = (whose, Ahead(session, bench.who, bench.order, bench.teacher, _seed()))
    return kept[1]


def _seed() -> int:
    return st.session_state.setdefault("label_seed", random.randrange(10_000))
