"""The queue as the class sees it: whose turn it is; and for the teacher, who comes first, what stops, what all see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from pages.parts.shared.class_strip import queue_words, teachers_links, title_of
from pages.parts.shared.pages import file_of
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import browser, is_teacher, may_end
from pages.parts.shared.who import listed, nickname
from ssl_core.people.classroom import Classroom, change, classroom, put_first
from ssl_core.people.owners import owners, subject
from ssl_core.runs.queue import queue_now
from ssl_core.runs.store import Run, stop

TICK = 2.0  # seconds between two looks
SHOWN = 12  # experiments in the list; those behind are counted
ERROR = "class_error"


class Entry(NamedTuple):
    """An experiment, a search or a run that is in the queue: its runs at work, and those that wait."""

    subject: str
    running: list[Run]
    waiting: list[Run]
    place: int  # of its first waiting run


def queue_part() -> None:
    """The sentence, the teacher's pause, and what is in the queue, kept up to date."""
    ticking(_queue, run_every=TICK, key="class_queue")()


def entries() -> list[Entry]:
    """What is at work or waits, who starts next first."""
    now, found = queue_now(store()), {}
    for run in now.running:
        found.setdefault(subject(run), Entry(subject(run), [], [], 0)).running.append(run)
    for place, waiting in enumerate(now.waiting, 1):
        entry = found.get(what := subject(waiting.run)) or Entry(what, [], [], place)
        found[what] = entry._replace(waiting=[*entry.waiting, waiting.run], place=entry.place or place)
    return sorted(found.values(), key=lambda entry: (not entry.running, entry.place))


def _queue() -> None:
    said, teacher = classroom(store()), is_teacher()
    st.markdown(queue_words(queue_now(store()), said, nickname()))
    if teacher:
        words = "Let the queue go on" if said.paused else "Pause the queue"
        icon = ":material/play_arrow:" if said.paused else ":material/pause:"
        st.button(words, icon=icon, type="primary", key="class_pause", on_click=say, kwargs={"paused": not said.paused},
                  help="What runs goes on; nothing new starts while the queue is paused.")  # fmt: skip
    else:
        with st.container(key="class_wants"):
            teachers_links(said)
    show_error()
    there = entries()
    for entry in there[:SHOWN]:
        _entry(entry, said, teacher)
    if len(there) > SHOWN:
        st.caption(f"And {len(there) - SHOWN} more.")
    if not there:
        st.caption("Nobody's runs wait. Start some on Training: they stand here until they are done.")


def _entry(entry: Entry, said: Classroom, teacher: bool) -> None:
    runs, mark = [*entry.running, *entry.waiting], hashlib.sha256(entry.subject.encode()).hexdigest()[:12]
    whose = listed(owners(store()).get(entry.subject, []))
    place = f", next at place {entry.place}" if entry.waiting else ""
    with st.container(border=True, key=f"class_entry_{mark}", gap="small"):
        st.markdown(
            f"**{plain(whose) if whose else 'Nobody known'}** · {plain(title_of(runs))}  \n"
            f":gray[{len(entry.running)} at work, {len(entry.waiting)} waiting{place}]"
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"class_row_{mark}"):
            _look(entry.subject)
            if not teacher:
                return
            first = bool(said.first) and said.first[0] == entry.subject
            st.button("First", key=f"first_{mark}", on_click=act, disabled=first or not entry.waiting,
                      args=(lambda: put_first(store(), browser(), entry.subject),),
                      help="Comes before everything else that waits.")  # fmt: skip
            st.button("Stop", key=f"stop_{mark}", on_click=_stop, args=(runs,))
            st.button("Show to all", key=f"show_{mark}", on_click=say, kwargs={"shown": entry.subject},
                      disabled=said.shown == entry.subject or not store().of_experiment(entry.subject))  # fmt: skip


def _look(what: str) -> None:
    """The way to the curves of what is in the queue."""
    for page, key, runs in (("training", "experiment", store().of_experiment), ("search", "search", store().of_search)):
        if runs(what):
            st.page_link(file_of(page), label="Open", query_params={key: what}, width="content")
            return


def _stop(runs: list[Run]) -> None:
    if why := may_end(store(), runs):
        st.session_state[ERROR] = why
    else:
        act(lambda: stop(runs, "The teacher stopped it."))
        store().wake()


def say(**what: object) -> None:
    """Say something for the whole class, as this browser may."""
    act(lambda: change(store(), browser(), **what))


def act(what: Callable[[], object]) -> None:
    """Do it; a sentence where that is refused."""
    try:
        what()
    except (ValueError, OSError) as wrong:
        st.session_state[ERROR] = str(wrong)


def show_error() -> None:
    """The sentence of what was refused, and of a file of the class that cannot be read."""
    if wrong := st.session_state.pop(ERROR, "") or classroom(store()).why:
        st.error(plain(wrong))
