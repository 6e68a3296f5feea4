"""One picture at a time, large, with a button and a key for each class: what is pressed is on the disk at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.parts.label.again import brought_back, go_back, go_on
from pages.parts.label.bench import Bench, at_hand, put_in_front
from pages.parts.label.second_key import second_key
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
    spent(bench)
    if back := brought_back(bench):
        rows = [(back.row, back.order), *rows]
    if rows:
        row, order = rows[0]
        _show(bench, row, order, back.words if back else _asked_by(order))
        _answers(bench, row, order, classes)
    else:
        st.success("There is no picture left to ask you about.", title="All done")
    _more(bench, rows[0] if rows else None)
    say_wrong()


def spent(bench: Bench) -> None:
    """How many labels were spent, and where people disagree."""
    said = bench.session.journal.said()
    spent, drawn_up = len(said.labels()), len(bench.session.pictures.rows)
    disputed = len(said.disputed())
    differ = f" People disagree about {disputed:,}." if disputed else ""
    st.markdown(f"**{spent:,} labels spent** of {drawn_up:,} pictures.{differ}")


def _asked_by(order: str) -> str:
    return f"Asked by: {ORDER_CARDS[order].title}" if order in ORDER_CARDS else "Not confirmed among many"


def _show(bench: Bench, row: int, order: str, words: str) -> None:
    from ssl_core.label.pictures import source_of

    shot = picture(source_of(dataset(bench.card.name), row), words, "What is this?")
    small = bench.card.side < SMALL
    with st.container(width=300 if small else 420):
        smooth = max(bench.card.side, 128)  # a few large squares are harder to recognise than the same, blurred
        picture_grid([shot], key="label_picture", label="The picture to label", side=smooth, least=260, lines=1)


def _answers(bench: Bench, row: int, order: str, classes: tuple[str, ...]) -> None:
    """The class buttons; their keys hold the picture, so that a press never counts for one that came meanwhile."""
    number = bench.session.pictures.numbers[row]
    class_buttons(classes, "label_say", number, lambda label: _say(bench, number, label, order))


def class_buttons(classes: Sequence[str], key: str, mark: str, say: Callable[[str], None]) -> None:
    """A button and a key for each class; `mark` in their keys says what a press is about."""
    with st.container(horizontal=True, key="label_classes"):
        for place, (name, shortcut) in enumerate(zip(classes, shortcuts(classes), strict=True)):
            st.button(plain(name, 40), key=f"{key}_{place}_{mark}", shortcut=shortcut, on_click=say, args=(name,))


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
        undo_button(bench)
        st.button("Look back", key="label_again", shortcut="a", type="tertiary", on_click=go_back, args=(bench,),
                  help="The picture that you answered last, and with every further press one before it.")  # fmt: skip
    st.caption("Keys: S skips, N says none of these, U or Ctrl-Z takes back, A looks back at the last one.")
    shown = st.toggle("Show what the network would say", key="label_guess", help="Hidden at first: it would lead you.")
    if shown and asked:
        guess = bench.teacher.guess(asked[0])
        words = f"**{plain(guess[0])}**, {percent(guess[1])} sure." if guess else "nothing yet: it has no label so far."
        st.markdown(f"The network says {words}")


def undo_button(bench: Bench, undone: Callable[..., Any] | None = None) -> None:
    """The button that takes the last act back, by Ctrl-Z or U; `undone` in the place of `undo`, if given."""
    st.button("Undo", key="label_undo", shortcut="ctrl+z", type="tertiary", on_click=undone or undo, args=(bench,))
    second_key("u", "label_undo")


def _say(bench: Bench, number: str, label: str | None, order: str) -> None:
    """Write it down, unless another picture is in front by now: the buttons of the last one go a moment after it."""
    if not _in_front(bench, number):
        return
    go_on()
    write(lambda: bench.session.journal.say(bench.who, {number: label}, order=order))


def _in_front(bench: Bench, number: str) -> bool:
    back, rows = brought_back(bench), at_hand(bench)
    row = back.row if back else rows[0][0] if rows else None
    return row is not None and bench.session.pictures.numbers[row] == number


def _skip(bench: Bench, number: str) -> None:
    go_on()
    if number in bench.session.journal.said().words:
        return  # it was only looked at again
    write(lambda: bench.session.journal.skip(bench.who, [number]))


def undo(bench: Bench) -> Any:
    """Take the last act back, and ask about its picture again; the act, None where there is none."""
    go_on()
    undone = write(lambda: bench.session.journal.undo(bench.who))
    numbers = [*undone.get("says", ()), *undone.get("skip", ())] if undone else []
    if len(numbers) == 1 and (rows := bench.session.pictures.rows_of(numbers)):
        put_in_front(bench, rows[0], undone.get("order") or bench.order)
    return undone


def say_wrong() -> None:
    """What went wrong with the last press, a sentence."""
    if wrong := st.session_state.pop("label_wrong", ""):
        st.error(plain(wrong))


def write(what: Callable[[], Any]) -> Any:
    """What is written, or None and a sentence for `say_wrong`."""
    try:
        return what()
    except (ValueError, OSError, TimeoutError) as wrong:
        st.session_state["label_wrong"] = str(wrong)
        return None
