"""In a class, a line above every page: how the queue stands, where the class is, and what the teacher shows."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.lesson import in_lesson, lessons
from pages.parts.shared.nickname import WALL
from pages.parts.shared.pages import CLASS, entry_at, file_of
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.who import listed, nickname
from ssl_core.data.catalog import find_card
from ssl_core.lines import line_of
from ssl_core.people.classroom import Classroom, classroom
from ssl_core.people.names import class_mode, key
from ssl_core.runs.disk import no_room
from ssl_core.runs.queue import Queued, queue_now
from ssl_core.runs.store import Run

TICK = 4.0  # seconds between two looks of a page at what the teacher says
HELD = "class_held"  # in the session: where the class was held when the page was made


def class_strip(page: str) -> None:
    """The line; not alone, not on a wall, and not on the page that says more of it."""
    said = classroom(store()) if class_mode() else None
    if said is None or entry_at(page).wall or WALL in st.query_params:
        return
    st.session_state[HELD] = (said.lesson, said.part)
    if page != CLASS:
        ticking(_strip, run_every=TICK, key="class_strip_live")()


def _strip() -> None:
    said = classroom(store())
    if (said.lesson, said.part) != st.session_state.get(HELD) and in_lesson():
        st.rerun()  # the class is held at another step, or goes on
    with st.container(key="class_strip", horizontal=True, vertical_alignment="center"):
        st.markdown(queue_words(queue_now(store()), said, nickname()), width="content")
        teachers_links(said)


def teachers_links(said: Classroom) -> None:
    """Where the teacher wants the class: the experiment that is shown, the step of a lesson that it is held at."""
    _shown(said)
    _held(said)


def queue_words(now: Queued, said: Classroom, who: str) -> str:
    """How the queue stands, in a sentence or two, for somebody whose runs may be in it."""
    if full := no_room(store().root):
        return f"**{plain(full)}**"
    if said.paused:
        return f"**The queue is paused.** {_count(len(now.waiting)).capitalize()} wait{'s' * (len(now.waiting) == 1)}."
    if not now.waiting and not now.running:
        return "The queue is empty."
    if not now.waiting:
        return f"Queue: {_count(len(now.running))} at work, none waits."
    mine = next((n for n, at in enumerate(now.waiting, 1) if who and key(who) in map(key, at.people)), 0)
    first = now.waiting[0].people
    whose = "the teacher's choice" if not first else plain(listed(list(first), 2)) if any(first) else "nobody's"
    words = f"Queue: {_count(len(now.running))} at work, {len(now.waiting)} waiting. Next: {whose}."
    return f"{words} Yours: place {mine}." if mine else words


def _count(number: int) -> str:
    return f"{number or 'no'} run{'s' * (number != 1)}"


def _shown(said: Classroom) -> None:
    runs = store().of_experiment(said.shown) if said.shown else []
    if runs:
        st.page_link(
            file_of("training"), label=f"The teacher shows: {plain(title_of(runs))}", icon=":material/co_present:",
            query_params={"experiment": said.shown}, width="content",
        )  # fmt: skip


def _held(said: Classroom) -> None:
    lesson = next((one for one in lessons().all() if one.name == said.lesson), None) if said.lesson else None
    if lesson is None or not 1 <= said.part <= len(lesson.parts):
        return
    place = in_lesson()
    if place and place.lesson.name == lesson.name:
        return
    st.page_link(
        file_of(lesson.parts[said.part - 1].page), icon=":material/school:", width="content",
        label=f"The class is at step {said.part} of {plain(lesson.title)}", query_params=lesson.query(said.part),
    )  # fmt: skip


def title_of(runs: list[Run]) -> str:
    """What an experiment, a search or a run is, in a few words: Digits: FixMatch and MixMatch, 12 runs."""
    configs = [run.config for run in runs if run.config]
    if not configs:
        return "runs that cannot be read"
    card = find_card(configs[0]["data"])
    lines = dict.fromkeys(line_of(config).title for config in configs)
    what = listed(list(lines), 2)
    return f"{card.title if card else 'Unknown data'}: {what}, {_count(len(runs))}"
