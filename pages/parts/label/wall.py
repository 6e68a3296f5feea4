"""The wall: about forty pictures that the network calls the same; the wrong ones away, the rest confirmed in one go."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.label.bench import Bench, numbers_at_hand, put_in_front
from pages.parts.label.sheet import sheet, taken_away
from pages.parts.label.stage import say_wrong, spent, undo, undo_button, write
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking
from ssl_core.figures.look import percent

TICK = 1.0  # seconds between two looks while the network has nothing to say
KEPT, PASSED = "label_wall", "label_wall_passed"


class Kept(NamedTuple):
    """A wall as it stands in front of a visitor, whatever the network says meanwhile."""

    whose: tuple[str, str, int]  # data set, person, class
    number: str
    wall: Any

    @property
    def key(self) -> str:
        """Of its sheet."""
        return f"label_sheet_{self.number}"


def the_wall(bench: Bench) -> None:
    """The wall, or what is missing for one, in a part that looks again by itself until there is one."""
    bench.teacher.wake()
    waits = bool(_missing(bench))
    ticking(_wall, run_every=TICK if waits else None, key="label_wall_part")(bench, waits)


def _missing(bench: Bench) -> str:
    from ssl_core.label.wall import nothing_yet

    return nothing_yet(bench.teacher.answers, bench.session.journal.classes)


def _wall(bench: Bench, waits: bool) -> None:
    bench.teacher.wake()
    missing = _missing(bench)
    if bool(missing) != waits:
        st.rerun()
    spent(bench)
    with st.container():  # so that what is below keeps its place, and its keys
        if missing:
            st.info(plain(missing), title="No wall yet")
        else:
            _show(bench, _kept(bench, _choose_class(bench)))
    _below(bench)
    say_wrong()


def _choose_class(bench: Bench) -> int:
    from ssl_core.label.wall import met

    classes = bench.session.journal.classes
    titles = {place: classes[place] for place in met(bench.teacher.answers)}
    return choose_one(st.selectbox, "Pictures that the network calls", titles, key="label_wall_class")


def _kept(bench: Bench, place: int) -> Kept:
    """The wall that stands, or a new one by what the network says now."""
    from ssl_core.label.wall import wall

    whose = (bench.card.name, bench.who, place)
    kept = st.session_state.get(KEPT)
    if kept is None or kept.whose != whose:
        passed = st.session_state.get(PASSED, {}).get(whose, ())
        new = wall(
            bench.session, bench.who, bench.teacher.answers[0], place, passed=passed, at_hand=numbers_at_hand(bench)
        )
        kept = st.session_state[KEPT] = Kept(whose, secrets.token_hex(4), new)
    return kept


def _show(bench: Bench, kept: Kept) -> None:
    from ssl_core.label.pictures import source_of

    wall, spoken = kept.wall, bench.session.journal.classes[kept.whose[2]]
    name = plain(spoken, 40)
    if not wall.rows:
        st.success(f"No picture without a label is left that the network calls {plain(spoken, 40)}.", title="All done")
        return
    least = min(99, int(100 * min(wall.sure)))  # nobody is wholly sure
    st.caption(
        f"The {len(wall.rows):,} surest of {wall.of:,}, at least {least} % sure. Click away what is something else (or "
        "arrows and space)."
    )
    data = dataset(bench.card.name)
    shots = [
        {"src": source_of(data, row), "alt": f"Picture {n}: {percent(sure)} sure"}
        for n, (row, sure) in enumerate(zip(wall.rows, wall.sure, strict=True), 1)
    ]
    away = sheet(shots, key=kept.key, label=f"Pictures that the network calls {name}", side=bench.card.side)
    st.button(
        f"Confirm {len(wall.rows) - len(away)} as {name}", key=f"label_confirm_{kept.number}", type="primary",
        shortcut="ctrl+enter", width="stretch", disabled=len(away) == len(wall.rows), on_click=_confirm,
        args=(bench, kept),
    )  # fmt: skip


def _confirm(bench: Bench, kept: Kept) -> None:
    """The rest is labelled in one act; what was taken away is asked about one by one, next."""
    from ssl_core.label.wall import say_all

    rows, away = kept.wall.rows, taken_away(kept.key, len(kept.wall.rows))
    rest = [row for n, row in enumerate(rows) if n not in away]
    if not write(lambda: say_all(bench.session, bench.who, rest, bench.session.journal.classes[kept.whose[2]])):
        return
    passed = st.session_state.setdefault(PASSED, {}).setdefault(kept.whose, set())
    for n in sorted(away, reverse=True):
        passed.add(bench.session.pictures.numbers[rows[n]])
        put_in_front(bench, rows[n], "")
    _forget()


def _below(bench: Bench) -> None:
    with st.container(horizontal=True, key="label_wall_more"):
        undo_button(bench, _undo)
        st.button("Draw the wall anew", key="label_wall_new", type="tertiary", on_click=_forget,
                  help="By what the network says now: it has learned since.")  # fmt: skip
    st.caption(
        "One confirmation is one act: Undo takes all of it back. Such labels are marked as confirmed in bulk, and no "
        "estimate is judged by them. What you take away is asked about next, one by one."
    )


def _undo(bench: Bench) -> None:
    undone = undo(bench)
    if undone and undone["how"] == "bulk":
        _forget()


def _forget() -> None:
    st.session_state.pop(KEPT, None)
