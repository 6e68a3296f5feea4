"""What is open for labelling: one for all visitors of a data set, and each visitor's own part of it."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.data_cache import fingerprint, follows_data
from ssl_core.data.card import Card
from ssl_core.label.order_cards import ORDER_CARDS

AHEAD = 8  # pictures that are this visitor's at a time
FEWEST = 3  # at hand, before more are asked for
QUEUE = "label_at_hand"


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


def session_of(name: str, opened: Any) -> Any:
    """The visitor's own session, kept from one look to the next."""
    mine = st.session_state.get("label_session")
    if mine is None or mine[0] is not opened:
        mine = st.session_state["label_session"] = (opened, opened.session())
        st.session_state.pop(QUEUE, None)
    return mine[1]


def at_hand(bench: Bench) -> list[tuple[int, str]]:
    """The rows in front of this visitor, the next one first, with the order that asked; [] where none is left."""
    whose = (bench.card.name, bench.who, bench.order)
    kept = st.session_state.get(QUEUE)
    rows = kept[1] if kept and kept[0] == whose else []
    said, numbers = bench.session.journal.said(), bench.session.pictures.numbers
    away = {*said.words, *(p for p, people in said.skips.items() if bench.who in people)}
    rows = [(row, order) for row, order in rows if numbers[row] not in away]
    if len(rows) < FEWEST:
        answers = bench.teacher.answers if ORDER_CARDS[bench.order].heads else ()
        if answers and answers[0].shape[1] != len(bench.session.now().card.classes):
            answers = ()  # a class was named since: the lines learn it first
        more = bench.session.ask(
            bench.order, bench.who, AHEAD - len(rows), at_hand=[row for row, _ in rows], heads=answers,
            share=0.0 if bench.teacher.tested else _share(), seed=_seed(),
        )  # fmt: skip
        rows = [*rows, *((question.row, question.order) for question in more)]
    st.session_state[QUEUE] = (whose, rows)
    return rows


def put_in_front(bench: Bench, row: int, order: str) -> None:
    """This row is asked about next."""
    whose = (bench.card.name, bench.who, bench.order)
    kept = st.session_state.get(QUEUE)
    rows = kept[1] if kept and kept[0] == whose else []
    st.session_state[QUEUE] = (whose, [(row, order), *(pair for pair in rows if pair[0] != row)])


def numbers_at_hand(bench: Bench) -> list[str]:
    """The pictures that lie before this visitor one by one, by their numbers: they stay theirs."""
    kept = st.session_state.get(QUEUE)
    rows = kept[1] if kept and kept[0] == (bench.card.name, bench.who, bench.order) else []
    return [bench.session.pictures.numbers[row] for row, _ in rows]


def _share() -> float:
    from ssl_core.label.questions import SHARE

    return SHARE


def _seed() -> int:
    return st.session_state.setdefault("label_seed", random.randrange(10_000))
