"""Pictures that people disagree about: who said what, and one word that all take, or none for now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.label.bench import Bench
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking

MOST = 6  # disagreements at a time
MOST_SETTLED = 50
NONE = "none of these"
WHAT = (
    "Until one is taken such a picture counts as unlabelled, unless most say the same. What you take becomes your own "
    "word; what the others said stays written down."
)


def disputes(bench: Bench) -> None:
    """Every picture of which people say different things."""
    ticking(_disputes, run_every=None, key="label_disputes")(bench)


def _disputes(bench: Bench) -> None:
    said = bench.session.journal.said()
    open_ones = {number: words for number, words in said.disputed().items() if number in _rows(bench)}
    later = st.session_state.setdefault("label_left_open", {})
    left = [number for number in open_ones if later.get(number) == open_ones[number]]
    shown = [number for number in open_ones if number not in left]
    if not open_ones:
        st.success("Nobody contradicts anybody.", title="No disagreement")
        _settled(bench, said)
        return
    st.markdown(f"**People disagree about {len(open_ones):,} pictures**; {len(left):,} of them you left open.")
    st.caption(WHAT)
    for number in shown[:MOST]:
        with st.container(border=True):
            _dispute(bench, number, open_ones[number])
    if len(shown) > MOST:
        st.caption(f"{len(shown) - MOST:,} more after these.")
    if left:
        st.button("Show those left open again", key="label_open_again", on_click=later.clear)
    _settled(bench, said)
    if wrong := st.session_state.pop("label_wrong", ""):
        st.error(plain(wrong))


def _settled(bench: Bench, said: Any) -> None:
    """What was taken although somebody said otherwise: nobody's word goes without a trace."""
    words = said.differing()
    settled = {number: word for number in words if (word := said.settled(number)) and number in _rows(bench)}
    if not settled:
        return
    with st.expander(f"Settled: {len(settled):,}", type="compact"):
        for number, word in list(settled.items())[-MOST_SETTLED:]:
            others = "; ".join(
                f"{plain(who)} said {plain(label or NONE)}"
                for who, label in words[number].items()
                if label != word.label
            )
            path = bench.session.pictures.paths[_rows(bench)[number][0]]
            st.markdown(
                f"{plain(word.who)} took **{plain(word.label or NONE)}** of picture {plain(path, 60)}; {others}."
            )


def _rows(bench: Bench) -> Mapping[str, list[int]]:
    return bench.session.pictures.rows


def _dispute(bench: Bench, number: str, words: Mapping[str, str | None]) -> None:
    from ssl_core.label.pictures import source_of

    row = _rows(bench)[number][0]
    image, sides = st.columns([1, 2.2])
    with image:
        shot = picture(source_of(dataset(bench.card.name), row), "", "The picture that people disagree about")
        picture_grid([shot], key=f"label_dispute_{number}", label="In dispute", side=bench.card.side, least=80, lines=0)
    with sides:
        stands = bench.session.journal.said().label(number)
        counts = f"Counts as **{plain(stands)}** now." if stands else "Counts as unlabelled now."
        says = "; ".join(f"{plain(who)}: **{plain(label or NONE)}**" for who, label in words.items())
        st.markdown(f"{says}. {counts}")
        with st.container(horizontal=True):
            for place, label in enumerate(dict.fromkeys(words.values())):
                st.button(f"Take {plain(label or NONE, 40)}", key=f"label_take_{place}_{number}", on_click=_take,
                          args=(bench, number, label))  # fmt: skip
            st.button("Leave open", key=f"label_leave_{number}", type="tertiary", on_click=_leave_open,
                      args=(number, dict(words)))  # fmt: skip


def _take(bench: Bench, number: str, label: str | None) -> None:
    try:
        before = bench.session.journal.said().words[number].get(bench.who)
        order = before.order if before else ""  # who asked: an estimate judges by random draws
        bench.session.journal.say(bench.who, {number: label}, "checked", order=order)
    except (ValueError, OSError) as wrong:
        st.session_state["label_wrong"] = str(wrong)


def _leave_open(number: str, words: Any) -> None:
    """Until somebody says something else of it."""
    st.session_state["label_left_open"][number] = words
