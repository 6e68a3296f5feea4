"""One picture at a time, large, with a button and a key for each class: what is pressed is on the disk at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.parts.label.bench import Bench, at_hand, put_in_front
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from ssl_core.figures.look import percent
from ssl_core.label.order_cards import ORDER_CARDS

KEYS = "1234567890"
SMALL = 48  # pixels a side below which a picture shown large says no more


def stage(bench: Bench) -> None:
    """The picture that is asked about, and what can be said of it."""
    bench.teacher.wake()
    classes = bench.session.journal.classes
    if not classes:
        st.info("Name the classes first, one a line, beside this.", title="What can these pictures be?")
        return
    try:
        rows = at_hand(bench)
    except (ValueError, OSError) as wrong:
        st.error(plain(wrong))
        return
    _spent(bench)
    if rows:
        row, order = rows[0]
        _show(bench, row, order)
        _answers(bench, row, order, classes)
    else:
        st.success("There is no picture left to ask you about.", title="All done")
    _more(bench, rows[0] if rows else None)
    if wrong := st.session_state.pop("label_wrong", ""):
        st.error(plain(wrong))


def _spent(bench: Bench) -> None:
    said = bench.session.journal.said()
    spent, drawn_up = len(said.labels()), len(bench.session.pictures.rows)
    disputed = len(said.disputed())
    differ = f" People disagree about {disputed:,}." if disputed else ""
    st.markdown(f"**{spent:,} labels spent** of {drawn_up:,} pictures.{differ}")


def _show(bench: Bench, row: int, order: str) -> None:
    from ssl_core.label.pictures import source_of

    shot = picture(source_of(dataset(bench.card.name), row), f"Asked by: {ORDER_CARDS[order].title}", "What is this?")
    small = bench.card.side < SMALL
    with st.container(width=300 if small else 420):
        smooth = max(bench.card.side, 128)  # a few large squares are harder to recognise than the same, blurred
        picture_grid([shot], key="label_picture", label="The picture to label", side=smooth, least=260, lines=1)


def _answers(bench: Bench, row: int, order: str, classes: tuple[str, ...]) -> None:
    """The class buttons; their keys hold the picture, so that a press never counts for one that came meanwhile."""
    number = bench.session.pictures.numbers[row]
    with st.container(horizontal=True, key="label_classes"):
        for place, (name, shortcut) in enumerate(zip(classes, shortcuts(classes), strict=True)):
            st.button(
                plain(name, 40),
                key=f"label_say_{place}_{number}",
                shortcut=shortcut,
                on_click=_say,
                args=(bench, number, name, order),
            )


def shortcuts(classes: Sequence[str]) -> list[str | None]:
    """The key of each class: 1 to 9 and 0 for the first ten, but a digit's own where all classes are digits."""
    if all(name in KEYS and len(name) == 1 for name in classes):
        return list(classes)
    return [KEYS[place] if place < len(KEYS) else None for place in range(len(classes))]


def _more(bench: Bench, asked: tuple[int, str] | None) -> None:
    number = bench.session.pictures.numbers[asked[0]] if asked else ""
    with st.container(horizontal=True, key="label_more"):
        st.button("None of these", key=f"label_none_{number}", shortcut="n", type="tertiary", disabled=not asked,
                  on_click=_say, args=(bench, number, None, asked[1] if asked else ""))  # fmt: skip
        st.button("Skip", key=f"label_skip_{number}", shortcut="s", type="tertiary", disabled=not asked,
                  on_click=_skip, args=(bench, number))  # fmt: skip
        st.button("Undo", key="label_undo", shortcut="ctrl+z", type="tertiary", on_click=_undo, args=(bench,))
    shown = st.toggle("Show what the network would say", key="label_guess", help="Hidden at first: it would lead you.")
    if shown and asked:
        guess = bench.teacher.guess(asked[0])
        words = f"**{plain(guess[0])}**, {percent(guess[1])} sure." if guess else "nothing yet: it has no label so far."
        st.markdown(f"The network says {words}")


def _say(bench: Bench, number: str, label: str | None, order: str) -> None:
    _write(lambda: bench.session.journal.say(bench.who, {number: label}, order=order))


def _skip(bench: Bench, number: str) -> None:
    _write(lambda: bench.session.journal.skip(bench.who, [number]))


def _undo(bench: Bench) -> None:
    """Take the last act back, and ask about its picture again."""
    undone = _write(lambda: bench.session.journal.undo(bench.who))
    numbers = [*undone.get("says", ()), *undone.get("skip", ())] if undone else []
    if len(numbers) == 1 and (rows := bench.session.pictures.rows_of(numbers)):
        put_in_front(bench, rows[0], undone.get("order") or bench.order)


def _write(what: Callable[[], Any]) -> Any:
    try:
        return what()
    except (ValueError, OSError, TimeoutError) as wrong:
        st.session_state["label_wrong"] = str(wrong)
        return None
