"""Doubted labels: each with the reason, to be kept, changed or left out; what was answered is not asked again."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from pages.parts.label.bench import Bench
from pages.parts.label.out import train
from pages.parts.label.stage import class_buttons, say_wrong, undo_button, write
from pages.parts.shared.data_cache import dataset, fingerprint, follows_data
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking

TICK = 1.0  # seconds between two looks while something is looked for
MOST = 24  # small pictures of what is still to come
CORRECTED = "Keeps the set with its own labels and your corrections over them, and opens Training with it."
KINDS = {"doubted": "doubted", "copies": "two labels", "stranger": "a stranger"}


@follows_data
@st.cache_resource(max_entries=4, show_spinner=False)
def _second_look(name: str, fingerprint: str, own: bool, _session: Any) -> Any:
    from ssl_core.label.opening import with_own_journal
    from ssl_core.label.second_look import SecondLook

    return SecondLook(with_own_journal(_session))


def doubts(bench: Bench) -> None:
    """What deserves a second look, in a part that looks again by itself while it is being looked for."""
    own = _own(bench)
    session = dataclasses.replace(bench.session, hide=False) if own else bench.session
    look = _second_look(bench.card.name, fingerprint(bench.card.name), own, session)
    look.wake()
    ticking(_doubts, run_every=TICK if look.busy else None, key="label_doubts_part")(bench, look, look.busy)
    if own and st.button("Train on the corrected labels", key="label_train_own", help=CORRECTED):
        train(bench, hide=False)


def _own(bench: Bench) -> bool:
    """Whether the labels that the set brought along are judged, too: asked where they are hidden otherwise."""
    return bench.card.unknown == 0 and st.toggle(
        "Judge the labels that came with the set", key="label_own", bind="query-params",
        help="To correct a set that has labels already. Where you label for play, it gives the truth away.",
    )  # fmt: skip


def _doubts(bench: Bench, look: Any, waits: bool) -> None:
    from ssl_core.label.second_look import still_open

    look.wake()
    if look.busy != waits:
        st.rerun()
    said = bench.session.journal.said()
    found = still_open(look.found or (), said)
    looking = " Looking again …" if look.busy else ""
    st.markdown(f"**{len(found):,} to look at once more.**{looking}")
    with st.container():  # so that what is below keeps its place, and its keys
        if found:
            chosen = min(_chosen(), len(found) - 1)
            _show(bench, found[chosen])
            _others(bench, found, chosen)
        elif look.busy:
            st.info(
                "Every label is judged by networks that were taught without it.", title="Looking for doubted labels"
            )
        elif not look.wrong:
            st.success(plain(_none(said)), title="Nothing to look at")
    with st.container(horizontal=True, key="label_doubts_more"):
        undo_button(bench)
    say_wrong()
    if look.wrong:
        st.error(plain(look.wrong))


def _none(said: Any) -> str:
    if len(said.labels()) < 2:
        return "Label a few pictures first: at least two of each of two classes."
    return "No label is doubted, no two pictures nearly the same have different labels, and nothing is strange."


def _chosen() -> int:
    state: Any = st.session_state.get("label_doubt")
    place = state.get("chosen") if hasattr(state, "get") else None
    return place if type(place) is int and place >= 0 else 0


def _show(bench: Bench, reason: Any) -> None:
    from ssl_core.label.pictures import source_of

    data, mark = dataset(bench.card.name), "_".join(reason.pictures)
    shots = [
        picture(
            source_of(data, row), f"Labelled {label}" if label else "No label yet", "A picture to look at once more"
        )
        for row, label in zip(reason.rows, reason.labels, strict=True)
    ]
    with st.container(width=220 * len(shots)):
        side = max(bench.card.side, 128)
        picture_grid(shots, key="label_doubted", label="To look at once more", side=side, least=150, lines=1)
    st.markdown(plain(reason.words))
    labelled = all(reason.labels)
    with st.container(horizontal=True, key="label_doubt_answers"):
        st.button("Keep", key=f"label_keep_{mark}", shortcut="k", type="primary", disabled=not labelled,
                  on_click=_answer, args=(bench, reason, reason.labels))  # fmt: skip
        st.button("Leave out", key=f"label_leave_{mark}", shortcut="l", on_click=_answer,
                  args=(bench, reason, (None,) * len(reason.pictures)),
                  help="It shows none of the classes, or should not be learned from.")  # fmt: skip
    st.caption("Or change it: " + ("both are" if len(shots) == 2 else "it is") + " …")
    class_buttons(
        bench.session.journal.classes, "label_change", mark,
        lambda name: _answer(bench, reason, (name,) * len(reason.pictures)),
    )  # fmt: skip
    st.caption("Keys: K keeps, L leaves out, a class's own key changes, U or Ctrl-Z takes back.")


def _answer(bench: Bench, reason: Any, labels: tuple[str | None, ...]) -> None:
    """One act, marked as checked."""
    says = dict(zip(reason.pictures, labels, strict=True))
    write(lambda: bench.session.journal.say(bench.who, says, "checked"))


def _others(bench: Bench, found: list, chosen: int) -> None:
    """All that is still to come, small, to choose from."""
    from ssl_core.label.pictures import source_of

    data = dataset(bench.card.name)
    shots = [
        picture(source_of(data, reason.rows[0]), KINDS[reason.kind], f"{KINDS[reason.kind]}: {reason.words}")
        for reason in found[:MOST]
    ]
    picture_grid(shots, key="label_doubt", label="All to look at once more", side=bench.card.side, least=72, lines=1,
                 chosen=chosen, on_choose=lambda: None)  # fmt: skip
    if len(found) > MOST:
        st.caption(f"Shown are {MOST} of {len(found):,}.")
