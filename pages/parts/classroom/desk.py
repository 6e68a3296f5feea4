"""The teacher's desk: the word that opens it, the step of a lesson that all stay at, what all see, and the limits."""

from __future__ import annotations

import streamlit as st

from pages.parts.classroom.line import ERROR, act, say
from pages.parts.shared.class_strip import title_of
from pages.parts.shared.lesson import lessons
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import browser
from ssl_core.people.classroom import classroom
from ssl_core.people.owners import owners
from ssl_core.people.teacher import LONGEST, desk

TICK = 4.0  # seconds between two looks at what there is to show
OFFERED = 30  # newest experiments to show to all
WORD = "class_word"
LIMITS = {  # of one person, by the field of Classroom: its words, the control's step
    "runs": ("runs waiting", 1),
    "steps": ("steps a run", 100),
    "minutes": ("minutes a start", 1.0),
    "sets": ("data sets", 1),
    "megabytes": ("MB of data sets", 50),
    "run_megabytes": ("MB of runs", 100),
}
MOST = 10**6  # of each
SEEN = "class_limits_seen"  # what the form began from, by limit


def limits_of_one() -> None:
    """What one person may ask for at most, for everybody to read."""
    said = classroom(store())
    limits = [f"{words} {most:,.10g}" for name, (words, _) in LIMITS.items() if (most := getattr(said, name))]
    st.caption(f"Limits of one person: {' · '.join(limits)}." if limits else "Nobody is held to a limit.")


def word_form() -> None:
    """For whoever is the teacher: the word, which is kept nowhere."""
    with (
        st.expander("I am the teacher", key="class_teacher"),
        st.form("class_form", border=False, clear_on_submit=True),
    ):
        st.text_input(
            "The teacher's word", type="password", key=WORD, max_chars=LONGEST, autocomplete="off",
            help="The terminal in which the server was started shows it, unless SSL_TEACHER says another.",
        )  # fmt: skip
        st.form_submit_button("Say it", key="class_say", on_click=_say_word)
    if wrong := st.session_state.pop("class_refused", ""):
        st.error(plain(wrong))


def _say_word() -> None:
    word = st.session_state.pop(WORD, "") or ""  # out of the session before anything else
    st.session_state["class_refused"] = desk().say(browser(), word)


def teachers_desk() -> None:
    """All that is the teacher's to say, beside the queue's own buttons."""
    if wrong := st.session_state.pop(ERROR, ""):
        st.error(plain(wrong))
    _lesson()
    ticking(_show, run_every=TICK, key="class_show_live")()
    _limits()
    _leave()


def _lesson() -> None:
    said, sound = classroom(store()), lessons().all()
    titles = {lesson.name: lesson.title for lesson in sound}
    st.markdown("##### Hold the class at a step")
    if not titles:
        st.caption("There are no lessons here.")
        return
    which, step = st.columns([2.4, 1])
    name = which.selectbox("Lesson", titles, format_func=titles.get, key="class_lesson")
    most = len(next(lesson for lesson in sound if lesson.name == name).parts)
    part = step.number_input("Step", 1, most, 1, key=f"class_step_{name}")
    held = f"Nobody goes further than step {said.part} of “{plain(titles.get(said.lesson, said.lesson))}”."
    st.caption(held if said.lesson else "Whoever is in the lesson goes no further than this step until you let go.")
    with st.container(horizontal=True):
        st.button("Hold here", key="class_hold", on_click=say, kwargs={"lesson": name, "part": int(part)})
        st.button(
            "Let go", key="class_let_go", on_click=say, kwargs={"lesson": "", "part": 0}, disabled=not said.lesson
        )


def _show() -> None:
    said = classroom(store())
    st.markdown("##### Show an experiment to all")
    names = list(dict.fromkeys(name for run in reversed(store().runs()) if (name := run.config.get("experiment"))))
    offered = names[:OFFERED]
    if not offered:
        st.caption("Nobody has begun an experiment yet.")
        return
    name = st.selectbox("Experiment", offered, format_func=_titled, key="class_show", label_visibility="collapsed")
    with st.container(horizontal=True):
        st.button("Show to all", key="class_show_it", on_click=say, kwargs={"shown": name}, disabled=name == said.shown)
        st.button("Show nothing", key="class_show_none", on_click=say, kwargs={"shown": ""}, disabled=not said.shown)
    if said.shown:
        st.caption(f"On every page now: {plain(_titled(said.shown))}.")


def _titled(experiment: str) -> str:
    runs, names = store().of_experiment(experiment), owners(store()).get(experiment, [])
    return (f"{names[0]}: " if names else "") + (title_of(runs) if runs else "an experiment that is gone")


def _limits() -> None:
    said, seen = classroom(store()), st.session_state.setdefault(SEEN, {})
    st.markdown("##### Limits of one person")
    with st.form("class_limits", border=False):
        columns = st.columns(2)
        for place, (name, (words, step)) in enumerate(LIMITS.items()):
            kind, now, key = type(step), getattr(said, name), f"class_limit_{name}"
            if key not in st.session_state or seen.get(name) != now:  # new here, or another browser's word
                st.session_state[key], seen[name] = kind(now), now
            label, format_ = words[0].upper() + words[1:], "%g" if kind is float else None
            columns[place % 2].number_input(label, kind(0), kind(max(MOST, now)), step=step, format=format_, key=key)
        st.caption("0 is no limit. They hold for everybody but you.")
        st.form_submit_button("Set the limits", key="class_limits_set", on_click=_set_limits)


def _set_limits() -> None:
    """Say what was changed here, and nothing of the rest: another of the teacher's browsers may have done that."""
    asked = {name: st.session_state.get(f"class_limit_{name}", now) for name, now in st.session_state[SEEN].items()}
    changed = {name: value for name, value in asked.items() if value != st.session_state[SEEN][name]}
    if changed:
        say(**changed)


def _leave() -> None:
    count = desk().count
    others = f", as {count - 1} other browser{' is' if count == 2 else 's are'}" if count > 1 else ""
    st.caption(f"This browser is the teacher's{others}. On Runs, Training and Data it may stop and delete anything.")
    with st.container(horizontal=True):
        st.button("This browser alone", key="class_alone", on_click=act, disabled=count < 2,
                  args=(lambda: desk().sit_alone(browser()),),
                  help="No other browser is the teacher's until it says the word again.")  # fmt: skip
        st.button("Leave the desk", key="class_leave", type="tertiary", on_click=act,
                  args=(lambda: desk().leave(browser()),))  # fmt: skip
