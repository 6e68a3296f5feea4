"""Lessons: a few sentences and guesses, each beside a page in a given state. One JSON file a lesson.

    {"title": "...", "about": "...", "minutes": 5, "place": 1, "steps": [{"page": "mixing", "state": {"lam": "0.5"},
     "hide": ["alpha"], "veil": ["law"], "text": "...", "question": "...",
     "guess": {"choices": ["A.", "B."], "right": 1},
     "answer": "We measured {fixmatch_20} % ({fixmatch_20.low} to {fixmatch_20.high}).",
     "claims": [["fixmatch_20", ">", "supervised_20"]]}]}

A step may ask for a network that was trained for it: "network": {"key": "of_run", "method": "fixmatch", "labels": 20}
puts the name of such a run into the address, under the page's key; "steps" may shorten its training.

`state` is what the page's address holds; `hide` are the keys of the widgets that the step does without, `veil` those
that stay out of sight until somebody committed to a guess. Numbers in braces were measured: they stand in
answers/measured.json, which `python -m tests.benchmarks.lessons` writes. `claims` are what the words say of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ssl_core.guesses import Guess, joined, read_guess

NAME = re.compile(r"[a-z0-9-]{1,60}")
KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
FILLED = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.(low|high))?\}")
MOST_STEPS, LONGEST, LARGEST = 20, 1500, 100_000  # steps, characters of a text, bytes of a file
OWN = {"lesson", "part", "guess"}  # of the address, for the lesson itself
LAST = 99  # the place of a lesson that names none
Measured = Mapping[str, Mapping[str, Any]]


class Network(NamedTuple):
    """A network of the digits that a step asks for, and the key of the page's address that names its run."""

    key: str
    method: str
    labels: int
    steps: int | None = None


@dataclass(frozen=True)
class Part:
    """One step: a page in a state, what to look at, a question, what may be guessed, and the answer."""

    page: str
    address: str
    text: str
    question: str
    answer: str
    state: dict[str, str | list[str]]
    hide: tuple[str, ...]
    veil: tuple[str, ...] = ()
    guess: Guess | None = None
    network: Network | None = None
    claims: tuple[tuple[str, str, str | float], ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A title, what it is about, about how many minutes it takes, and its steps."""

    name: str
    title: str
    about: str
    minutes: int
    parts: tuple[Part, ...]
    place: int = LAST

    @property
    def guesses(self) -> list[Guess | None]:
        """What may be guessed, a step each."""
        return [part.guess for part in self.parts]

    def query(self, number: int, said: Sequence[str] = ()) -> dict[str, str | list[str]]:
        """The address of a step, counted from 1: its page's state, where in the lesson it is, and what was guessed."""
        own = {"lesson": self.name, "part": str(number)} | ({"guess": joined(said)} if any(said) else {})
        return self.parts[number - 1].state | own

    def link(self, number: int, said: Sequence[str] = ()) -> str:
        """The same as a link from any page of the app."""
        return f"{self.parts[number - 1].address}?{urlencode(self.query(number, said), doseq=True)}"


def read_lesson(name: str, content: bytes, pages: Mapping[str, str], measured: Measured | None = None) -> Lesson:
    """The lesson in a file, beside pages known by name with their addresses, and numbers measured by name.

    Raises ValueError with one sentence that says what is wrong with it.
    """
    try:
        if len(content) > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 1000} kB")
        lesson = json.loads(content)
        _only(lesson, {"title", "about", "minutes", "place", "steps"}, "the lesson")
        steps = lesson.get("steps")
        if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
            raise ValueError(f"steps must be a list of 1 to {MOST_STEPS}")
        parts = tuple(_part(step, f"step {number}", pages, measured or {}) for number, step in enumerate(steps, 1))
        minutes, place = _whole(lesson, "minutes", 600), _whole(lesson, "place", LAST, LAST)
        texts = (_text(lesson, key, "the lesson") for key in ("title", "about"))
        return Lesson(name, *texts, minutes, parts, place)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError(f"The lesson {name} is not valid JSON.") from None
    except ValueError as wrong:
        raise ValueError(f"The lesson {name} cannot be used: {wrong}.") from None


def _whole(lesson: dict[str, Any], key: str, most: int, default: int = 0) -> int:
    value = lesson.get(key, default)
    if type(value) is not int or not 1 <= value <= most:
        raise ValueError(f"{key} must be a whole number from 1 to {most}")
    return value


def _part(step: Any, where: str, pages: Mapping[str, str], measured: Measured) -> Part:
    _only(step, {"page", "state", "hide", "veil", "text", "question", "guess", "answer", "claims", "network"}, where)
    page = step.get("page")
    if not isinstance(page, str) or page not in pages:
        raise ValueError(f"{where} names the page {page!r}; there are {', '.join(sorted(pages))}")
    state = step.get("state", {})
    if not isinstance(state, dict) or not all(KEY.fullmatch(key) and key not in OWN for key in state):
        raise ValueError(f"the state of {where} must be an object of widget keys")
    values = [item for value in state.values() for item in (value if isinstance(value, list) else [value])]
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in values):
        raise ValueError(f"the state of {where} must hold texts, as in the page's address")
    return Part(
        page,
        pages[page],
        *(_fill(_text(step, key, where), where, measured) for key in ("text", "question", "answer")),
        state,
        _keys(step, "hide", where),
        _keys(step, "veil", where),
        read_guess(step.get("guess"), where, measured),
        _network(step.get("network"), where),
        _claims(step.get("claims", []), where, measured),
    )


def _keys(step: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    keys = step.get(name, [])
    if not isinstance(keys, list) or not all(isinstance(key, str) and KEY.fullmatch(key) for key in keys):
        raise ValueError(f"{name} of {where} must be a list of widget keys")
    return tuple(keys)


def _network(value: Any, where: str) -> Network | None:
    if value is None:
        return None
    _only(value, {"key", "method", "labels", "steps"}, f"the network of {where}")
    key, method, labels, steps = (value.get(name) for name in Network._fields)
    texts = isinstance(key, str) and KEY.fullmatch(key) and key not in OWN and isinstance(method, str)
    if not texts or type(labels) is not int or (type(steps) is not int and steps is not None):
        raise ValueError(f"the network of {where} must have a key, a method, labels, and steps or none")
    return Network(key, method, labels, steps)


def _claims(claims: Any, where: str, measured: Measured) -> tuple[tuple[str, str, str | float], ...]:
    """What the words say of measured numbers, so that a test can hold them to it."""
    kept = [claim for claim in claims if isinstance(claim, list) and len(claim) == 3] if type(claims) is list else None
    if kept is None or len(kept) < len(claims) or any(sign not in ("<", ">") for _, sign, _ in kept):
        raise ValueError(f"claims of {where} must be a list of [number, < or >, number]")
    for one, _, other in kept:
        if (lost := next((a for a in (one, other) if isinstance(a, str) and a not in measured), None)) is not None:
            raise ValueError(f"{where} claims something of the number {lost!r}, which nobody measured")
        if not isinstance(one, str) or type(other) not in (str, int, float):
            raise ValueError(f"claims of {where} must be a list of [number, < or >, number]")
    return tuple(tuple(claim) for claim in kept)


def _fill(text: str, where: str, measured: Measured) -> str:
    """The text with its numbers, each with as many digits as were measured."""

    def number(match: re.Match[str]) -> str:
        name, end = match.group(1), match.group(2) or "value"
        if name not in measured or end not in measured[name]:
            raise ValueError(f"{where} asks for the number {match.group()!r}, which nobody measured")
        return f"{measured[name][end]:.{measured[name].get('digits', 0)}f}"

    return FILLED.sub(number, text)


def _only(value: Any, known: set[str], where: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object")
    if strange := sorted(set(value) - known):
        raise ValueError(f"{where} has {strange[0]!r}, which no lesson has")


def _text(step: dict[str, Any], key: str, where: str) -> str:
    value = step.get(key)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST:
        raise ValueError(f"{key} of {where} must be a text of at most {LONGEST} characters")
    return value


class Lessons:
    """The lessons of a folder, by name; a name from outside is looked up and never becomes a path."""

    def __init__(self, folder: Path, pages: Mapping[str, str]) -> None:
        self.pages, self.measured = tuple(pages.items()), folder / "answers" / "measured.json"
        files = sorted(folder.glob("*.json")) if folder.is_dir() else []
        self.files = {path.stem: path for path in files if NAME.fullmatch(path.stem)}

    def get(self, name: str) -> Lesson:
        """The lesson of that name; raises ValueError, one sentence, if there is none or it is broken."""
        if name not in self.files:
            known = ", ".join(self.files) or "none here"
            raise ValueError(f"There is no lesson of that name. There are: {known}.")
        try:
            content = self.files[name].read_bytes()
            numbers = self.measured.read_bytes() if self.measured.is_file() else b"{}"
        except OSError:
            raise ValueError(f"The lesson {name} cannot be read.") from None
        return _cached(name, content, self.pages, numbers)

    def all(self) -> list[Lesson]:
        """Every lesson that can be used, in the order of their places; a broken one is left out, its link says why."""
        sound = []
        for name in self.files:
            try:
                sound.append(self.get(name))
            except ValueError as wrong:
                print(wrong)
        return sorted(sound, key=lambda lesson: (lesson.place, lesson.name))


@lru_cache(maxsize=64)
def _cached(name: str, content: bytes, pages: tuple[tuple[str, str], ...], numbers: bytes) -> Lesson:
    return read_lesson(name, content, dict(pages), read_measured(numbers))


def read_measured(content: bytes) -> Measured:
    """The numbers of a file of ours, by name: each an object with value, low, high, digits and what it is."""
    try:
        return json.loads(content).get("numbers", {})
    except (ValueError, AttributeError):
        raise ValueError("The file answers/measured.json of the lessons is not valid JSON.") from None
