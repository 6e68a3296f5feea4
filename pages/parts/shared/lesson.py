"""What a lesson puts above a page: its text, a guess to commit to, the answer, and the way to the next step.

All that somebody did in a lesson stands in the address: which step it is, and what was guessed in each.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from pages.parts.shared.lesson_look import FOLD, STEPS, STYLE
from pages.parts.shared.lesson_network import network_is_there
from pages.parts.shared.pages import BY_NAME, address_of, file_of
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.visitor import is_teacher
from ssl_core.guesses import PASSED, Choice, Number, committed, joined, right_ones
from ssl_core.lessons import Lesson, Lessons, Part
from ssl_core.people.classroom import classroom
from ssl_core.people.names import class_mode

HOUSE = Path(__file__).resolve().parents[3]
ADDRESSES = {name: address_of(name) for name in BY_NAME}


class Place(NamedTuple):
    """Where somebody is in a lesson: the step, counted from 1, and what was guessed in each."""

    lesson: Lesson
    number: int
    said: list[str]

    @property
    def part(self) -> Part:
        """The step."""
        return self.lesson.parts[self.number - 1]


def last_step(lesson: Lesson) -> int:
    """The step beyond which nobody goes now but the teacher: the last, unless the teacher holds the class at one."""
    held = classroom(store()) if class_mode() and not is_teacher() else None
    here = held is not None and held.lesson == lesson.name and held.part > 0
    return min(held.part, len(lesson.parts)) if here else len(lesson.parts)


def lessons() -> Lessons:
    """The lessons that are there now; a file added to the folder is a lesson at once."""
    return Lessons(HOUSE / "assets" / "lessons", ADDRESSES)


def in_lesson() -> Place | None:
    """Where the address of the page is in a lesson, if it is in one."""
    try:
        return _place()
    except ValueError:
        return None


def _place() -> Place | None:
    """The same; raises ValueError, one sentence, for a lesson that is not there. Its step is 0 where none is named."""
    name = st.query_params.get("lesson")
    if name is None:
        return None
    lesson, part = lessons().get(name), st.query_params.get("part", "")
    known = part.isdecimal() and 1 <= int(part[:3]) <= len(lesson.parts)
    said = committed(st.query_params.get("guess", ""), lesson.guesses)
    return Place(lesson, int(part[:3]) if known else 0, said)


def show_lesson() -> bool:
    """Above the page, if its address names a lesson: the card of its step; hides what the step does without.

    False where the page has nothing to show yet, since the network that the step asks for is not trained.
    """
    try:
        place = _place()
    except ValueError as wrong:
        st.warning(plain(wrong))
        return True
    if place is None:
        return True
    if not place.number:
        st.switch_page(file_of(place.lesson.parts[0].page), query_params=place.lesson.query(1, place.said))
    most = last_step(place.lesson)
    if place.number > most:
        st.switch_page(file_of(place.lesson.parts[most - 1].page), query_params=place.lesson.query(most, place.said))
    _card(place)
    hidden = [*place.part.hide, *(() if place.said[place.number - 1] else place.part.veil)]
    if hidden:  # keys were checked: letters, digits, - and _
        st.html(f"<style>{', '.join(f'.st-key-{key}' for key in hidden)} {{ display: none; }}</style>")
    return place.part.network is None or network_is_there(place.part.network)


def _card(place: Place) -> None:
    lesson, number, part = place.lesson, place.number, place.part
    with st.container(key="lesson"):
        st.html(STYLE)
        fold = st.expander(
            f"**{lesson.title}** :gray[step {number} of {len(lesson.parts)}]", expanded=True, key=FOLD.format(number)
        )
        with fold:
            words, guess = st.columns([1.25, 1], gap="medium")
            with words:
                st.markdown(part.text)
                st.markdown(f"**{part.question}**")
            with guess:
                _guess_or_answer(place)
            with st.container(key="lesson_ways"):
                st.html(_ways(place))


def _guess_or_answer(place: Place) -> None:
    """The answer to whoever committed to a guess, or asked to be shown; else the guess."""
    part, said = place.part, place.said[place.number - 1]
    if part.guess is None:
        with st.expander("What there is to see", key=f"answer-{place.lesson.name}-{place.number}"):
            st.markdown(part.answer)
    elif not said:
        _guess(place, part.guess)
    else:
        if said != PASSED:
            verdict = part.guess.verdict(said)
            (st.success if verdict.right else st.info)(verdict.words)
        st.markdown(f"**Answer.** {part.answer}")
        if place.number == len(place.lesson.parts):
            _end(place)


def _guess(place: Place, guess: Choice | Number) -> None:
    """A form whose button puts the guess into the address."""
    key = f"guess-{place.lesson.name}-{place.number}"
    with st.form(key, border=False):
        if isinstance(guess, Choice):
            st.radio("Your guess", guess.options, index=None, key=f"{key}-value")
        else:
            bounds = f"from {guess.low:g} to {guess.high:g}{' %' if guess.unit == '%' else ''}"
            st.number_input(
                f"Your guess, {bounds}", float(guess.low), float(guess.high), None, 1.0, "%g", key=f"{key}-value"
            )
        with st.container(horizontal=True):
            st.form_submit_button(
                "This is my guess", type="primary", key=f"{key}-commit", on_click=_commit, args=(place, False)
            )
            st.form_submit_button("Show the answer", key=f"{key}-pass", on_click=_commit, args=(place, True))
    if place.part.veil:
        st.caption("What would give the answer away stays hidden until you guess.")
    if st.session_state.pop("no_guess", False):
        st.caption("Make a guess first: a wrong one teaches more than none.")


def _commit(place: Place, passed: bool) -> None:
    guess, key = place.part.guess, f"guess-{place.lesson.name}-{place.number}-value"
    value = st.session_state.get(key)
    if isinstance(guess, Choice) and value in guess.options:
        value = guess.options.index(value) + 1
    token = PASSED if passed else "" if value is None else guess.token(f"{value:g}")
    if not token:
        st.session_state["no_guess"] = True
        return
    place.said[place.number - 1] = token
    st.query_params["guess"] = joined(place.said)


def _end(place: Place) -> None:
    """What came of the whole lesson, and which is next."""
    asked = sum(guess is not None for guess in place.lesson.guesses)
    right = right_ones(place.said, place.lesson.guesses)
    st.markdown(f"**That was the lesson.** Right or close: {right} of {asked} guesses.")
    after = [other for other in lessons().all() if (other.place, other.name) > (place.lesson.place, place.lesson.name)]
    if after:
        link = _way(f"Next lesson: {after[0].title}", after[0].link(1), "next")
        st.html(f"<div class='lab-ways'>{link}</div>")


def _ways(place: Place) -> str:
    """A link to every step, with a tick where it is done, and those to the next, the one before and out."""
    lesson, number, said = place.lesson, place.number, list(place.said)
    last = last_step(lesson)
    steps = "".join(
        f"<li>{_step(n, lesson.link(n, said), bool(said[n - 1]), n == number)}</li>" for n in range(1, last + 1)
    )
    onward = list(said)
    if place.part.guess is None:  # nothing to commit to: whoever goes on has seen it
        onward[number - 1] = PASSED
    ways = [
        _way("Back", lesson.link(number - 1, said) if number > 1 else None),
        _way("Next", lesson.link(number + 1, onward) if number < last else None, "next"),
        _way("Leave the lesson", "./"),
    ]
    if last < len(lesson.parts):
        ways.append("<span>The class stays here until the teacher goes on.</span>")
    nav = f"<ol class='{STEPS}'>{steps}</ol><span class='lab-ways'>{''.join(ways)}</span>"
    return f"<nav class='lab-lesson-nav' aria-label='Lesson'>{nav}</nav>"


def _step(number: int, link: str, done: bool, here: bool) -> str:
    name = f"Step {number}{', done' if done else ''}"
    state = (" aria-current='step'" if here else "") + (" class='done'" if done else "")
    return f"<a href='{html.escape(link, quote=True)}' target='_self' aria-label='{name}'{state}>{number}</a>"


def _way(label: str, link: str | None, kind: str = "") -> str:
    """A link that loads the page afresh, so that nothing of the step before is left in its widgets."""
    words = html.escape(label)
    if link is None:
        return f"<span aria-disabled='true'>{words}</span>"
    return f"<a href='{html.escape(link, quote=True)}' target='_self' class='{kind}'>{words}</a>"


def lesson_list() -> None:
    """Every lesson with what it is about, as links to their first steps."""
    sound = lessons().all()
    if not sound:
        return
    st.subheader("Lessons")
    st.html(STYLE)
    columns = [column for _ in range(0, len(sound), 4) for column in st.columns(4)]
    for column, lesson in zip(columns, sound, strict=False):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{lesson.title}**")
            st.markdown(lesson.about)
            st.caption(f"{len(lesson.parts)} steps, about {lesson.minutes} minutes")
            st.html(f"<div class='lab-ways'>{_way('Open the lesson', lesson.link(1))}</div>")
