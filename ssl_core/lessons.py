"""Lessons: a few sentences and questions, each beside a page in a given state. One JSON file a lesson.

    {"title": "...", "about": "...", "minutes": 10, "steps": [{"page": "mixing", "state": {"lam": "0.5"},
     "hide": ["alpha"], "text": "...", "question": "...", "answer": "..."}]}

`state` is what the page's address holds; `hide` are the keys of the widgets that the step does without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

NAME = re.compile(r"[a-z0-9-]{1,60}")
KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
MOST_STEPS, LONGEST, LARGEST = 20, 1500, 100_000  # steps, characters of a text, bytes of a file
OWN = {"lesson", "part"}  # of the address, for the lesson itself


@dataclass(frozen=True)
class Part:
    """One step: a page in a state, what to look at, and a question with its answer."""

    page: str
    address: str
    text: str
    question: str
    answer: str
    state: dict[str, str | list[str]]
    hide: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """A title, what it is about, about how many minutes it takes, and its steps."""

    name: str
    title: str
    about: str
    minutes: int
    parts: tuple[Part, ...]

    def query(self, number: int) -> dict[str, str | list[str]]:
        """The address of a step, counted from 1: its page's state, and where in the lesson it is."""
        return self.parts[number - 1].state | {"lesson": self.name, "part": str(number)}

    def link(self, number: int) -> str:
        """The same as a link from any page of the app."""
        return f"{self.parts[number - 1].address}?{urlencode(self.query(number), doseq=True)}"


def read_lesson(name: str, content: bytes, pages: Mapping[str, str]) -> Lesson:
    """The lesson in a file, beside pages known by name with their addresses.

    Raises ValueError with one sentence that says what is wrong with it.
    """
    try:
        if len(content) > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 1000} kB")
        lesson = json.loads(content)
        _only(lesson, {"title", "about", "minutes", "steps"}, "the lesson")
        steps = lesson.get("steps")
        if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
            raise ValueError(f"steps must be a list of 1 to {MOST_STEPS}")
        parts = tuple(_part(step, f"step {number}", pages) for number, step in enumerate(steps, 1))
        minutes = lesson.get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= 600:
            raise ValueError("minutes must be a whole number from 1 to 600")
        return Lesson(name, _text(lesson, "title", "the lesson"), _text(lesson, "about", "the lesson"), minutes, parts)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError(f"The lesson {name} is not valid JSON.") from None
    except ValueError as wrong:
        raise ValueError(f"The lesson {name} cannot be used: {wrong}.") from None


def _part(step: Any, where: str, pages: Mapping[str, str]) -> Part:
    _only(step, {"page", "state", "hide", "text", "question", "answer"}, where)
    page = step.get("page")
    if not isinstance(page, str) or page not in pages:
        raise ValueError(f"{where} names the page {page!r}; there are {', '.join(sorted(pages))}")
    state = step.get("state", {})
    if not isinstance(state, dict) or not all(KEY.fullmatch(key) and key not in OWN for key in state):
        raise ValueError(f"the state of {where} must be an object of widget keys")
    values = [item for value in state.values() for item in (value if isinstance(value, list) else [value])]
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in values):
        raise ValueError(f"the state of {where} must hold texts, as in the page's address")
    hide = step.get("hide", [])
    if not isinstance(hide, list) or not all(isinstance(key, str) and KEY.fullmatch(key) for key in hide):
        raise ValueError(f"hide of {where} must be a list of widget keys")
    texts = (_text(step, key, where) for key in ("text", "question", "answer"))
    return Part(page, pages[page], *texts, state, tuple(hide))


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
        self.pages = tuple(pages.items())
        files = sorted(folder.glob("*.json")) if folder.is_dir() else []
        self.files = {path.stem: path for path in files if NAME.fullmatch(path.stem)}

    def get(self, name: str) -> Lesson:
        """The lesson of that name; raises ValueError, one sentence, if there is none or it is broken."""
        if name not in self.files:
            known = ", ".join(self.files) or "none here"
            raise ValueError(f"There is no lesson of that name. There are: {known}.")
        try:
            content = self.files[name].read_bytes()
        except OSError:
            raise ValueError(f"The lesson {name} cannot be read.") from None
        return _cached(name, content, self.pages)

    def all(self) -> list[Lesson]:
        """Every lesson that can be used; a broken one is left out, its link says why."""
        sound = []
        for name in self.files:
            try:
                sound.append(self.get(name))
            except ValueError as wrong:
                print(wrong)
        return sound


@lru_cache(maxsize=64)
def _cached(name: str, content: bytes, pages: tuple[tuple[str, str], ...]) -> Lesson:
    return read_lesson(name, content, dict(pages))
