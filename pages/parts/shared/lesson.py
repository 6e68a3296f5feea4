"""What a lesson puts above a page: its text, its question, and the way to the next step."""

from __future__ import annotations

import html
from pathlib import Path

import streamlit as st

from pages.parts.shared.pages import BY_NAME, address_of, file_of
from pages.parts.shared.plain import plain
from ssl_core.lessons import Lesson, Lessons

HOUSE = Path(__file__).resolve().parents[3]
ADDRESSES = {name: address_of(name) for name in BY_NAME}

_STYLE = """<style>
.lab-ways { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.lab-ways a, .lab-ways span { padding: 0.35rem 0.9rem; border: 1px solid var(--st-border-color, #8888);
  border-radius: 0.5rem; font-size: 0.9rem; color: inherit; text-decoration: none; }
.lab-ways a:hover { border-color: var(--st-primary-color, #1d4ed8); }
.lab-ways a:focus-visible { outline: 2px solid var(--st-primary-color, #1d4ed8); outline-offset: 1px; }
.lab-ways span { opacity: 0.5; }
</style>"""


def lessons() -> Lessons:
    """The lessons that are there now; a file added to the folder is a lesson at once."""
    return Lessons(HOUSE / "assets" / "lessons", ADDRESSES)


def show_lesson() -> None:
    """Above the page, if its address names a lesson: the card of its step; hides what the step does without."""
    name = st.query_params.get("lesson")
    if name is None:
        return
    try:
        lesson = lessons().get(name)
    except ValueError as wrong:
        st.warning(plain(wrong))
        return
    part = st.query_params.get("part", "")
    if not (part.isdecimal() and 1 <= int(part[:3]) <= len(lesson.parts)):
        st.switch_page(file_of(lesson.parts[0].page), query_params=lesson.query(1))
    _card(lesson, int(part[:3]))


def _card(lesson: Lesson, number: int) -> None:
    part, count = lesson.parts[number - 1], len(lesson.parts)
    with st.container(border=True, key="lesson"):
        title, place = st.columns([5, 1], vertical_alignment="center")
        title.markdown(f"##### {lesson.title}")
        place.caption(f"step {number} of {count}")
        st.markdown(part.text)
        st.markdown(f"**Question.** {part.question}")
        with st.expander("What there is to see", key=f"answer-{lesson.name}-{number}"):
            st.markdown(part.answer)
        ways = [("Previous", number - 1), ("Next", number + 1)]
        shown = [_way(label, lesson.link(n) if 1 <= n <= count else None) for label, n in ways]
        st.html(
            f"{_STYLE}<nav class='lab-ways' aria-label='Lesson'>{''.join(shown)}{_way('Leave the lesson', './')}</nav>"
        )
    if part.hide:
        hidden = ", ".join(f".st-key-{key}" for key in part.hide)  # keys were checked: letters, digits, - and _
        st.html(f"<style>{hidden} {{ display: none; }}</style>")


def _way(label: str, link: str | None) -> str:
    """A link that loads the page afresh, so that nothing of the step before is left in its widgets."""
    if link is None:
        return f"<span aria-disabled='true'>{label}</span>"
    return f"<a href='{html.escape(link, quote=True)}' target='_self'>{label}</a>"


def lesson_list() -> None:
    """Every lesson with what it is about, as links to their first steps."""
    sound = lessons().all()
    if not sound:
        return
    st.subheader("Lessons")
    columns = [column for _ in range(0, len(sound), 3) for column in st.columns(3)]
    for column, lesson in zip(columns, sound, strict=False):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{lesson.title}**")
            st.markdown(lesson.about)
            st.caption(f"{len(lesson.parts)} steps, about {lesson.minutes} minutes")
            st.html(f"{_STYLE}<div class='lab-ways'>{_way('Open the lesson', lesson.link(1))}</div>")
