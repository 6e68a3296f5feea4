"""A hyperparameter, said once: default, range, help and source; widgets, flags, checks and docs read it from here."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
LONGEST = 2000  # characters of free text
MOST_LETTERS = 3  # of a symbol


@dataclass(frozen=True)
class Knob:
    """What is known about one hyperparameter.

    `low` and `high` are inclusive; `choices` replaces them for words, unless it is `free` text; `log` says that a
    slider or a search should move on a logarithmic scale; `source` is where the default comes from. `subject` is what a
    knob that all methods share is about, for lists that fold them. A help that begins with the paper's letter, as
    "τ: how confident ...", says its `symbol`. `title` is what people read in place of its name, and `words` what they
    read in place of a choice.
    """

    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    log: bool = False
    free: bool = False
    source: str = ""
    subject: str = ""
    title: str = ""
    words: Mapping[str, str] = field(default_factory=dict, compare=False)

    def label(self, name: str) -> str:
        """What stands beside its widget: the title, then the paper's letter; `name` is the knob's."""
        return f"{self.title or plainly(name).capitalize()} {self.symbol}".strip()

    def said(self, choice: str) -> str:
        """A choice as people read it."""
        return self.words.get(choice) or plainly(choice)

    @property
    def symbol(self) -> str:
        """What papers call it, τ or λᵤ; "" where they have no letter for it."""
        before, colon, _ = self.help.partition(":")
        return before if colon and len(before) <= MOST_LETTERS else ""

    @property
    def kind(self) -> type:
        """bool, int, float or str: the type of the default."""
        return type(self.default)

    def check(self, name: str, value: Any) -> Any:
        """Return `value` in the knob's type, or raise ValueError with one sentence."""
        if self.kind is bool:
            if isinstance(value, bool):
                return value
            raise ValueError(f"{name} must be true or false, not {value!r}.")
        if self.free:
            if isinstance(value, str) and len(value) <= LONGEST and value.isprintable():
                return value
            raise ValueError(f"{name} must be one line of at most {LONGEST} characters.")
        if self.kind is str:
            if value in self.choices:
                return value
            more = getattr(self.choices, "more", "")  # what they take beside what they list
            raise ValueError(f"{name} must be one of {', '.join(self.choices)}{more}, not {value!r}.")
        whole = self.kind is int
        # neither NaN nor infinite, nor a whole number that no float holds
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
        if not number or (whole and value != int(value)):
            raise ValueError(f"{name} must be a {'whole ' if whole else ''}number, not {value!r}.")
        if not self.low <= value <= self.high:
            raise ValueError(f"{name} must lie between {self.low:g} and {self.high:g}, not {value!r}.")
        return self.kind(value)

    def parse(self, name: str, text: str) -> Any:
        """Read a value typed in a terminal; raises ValueError with one sentence."""
        if self.kind is bool:
            words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            return self.check(name, words.get(text.lower(), text))
        if self.kind is str:
            return self.check(name, text)
        try:
            return self.check(name, float(text) if self.kind is float or not _is_int(text) else int(text))
        except ValueError as wrong:
            if str(wrong).startswith(name):
                raise
            raise ValueError(f"{name} must be a number, not {text!r}.") from None


def plainly(name: str) -> str:
    """A name of the code as words."""
    return name.replace("_", " ")


def _is_int(text: str) -> bool:
    return text.strip().lstrip("+-").isdigit()


def knob(default: Any, help: str, **facts: Any) -> Any:  # noqa: A002 - "help" is what it is
    """Declare a dataclass field together with its Knob; see Knob for the facts."""
    declared = Knob(default, help, **facts)
    if declared.kind in (int, float) and (declared.low is None or declared.high is None):
        raise TypeError("a knob that holds a number needs low and high")
    declared.check("the default", default)
    return dataclasses.field(default=default, metadata={"knob": declared})


def knobs_of(cls: type) -> dict[str, Knob]:
    """The knobs that a dataclass declares, by name, in order."""
    return {field.name: field.metadata["knob"] for field in dataclasses.fields(cls) if "knob" in field.metadata}


def first_of(own: Mapping[str, Knob], shared: Iterable[str], count: int = 3) -> list[str]:
    """The knobs that matter first: a method's own that have a symbol, then its other numbers, then some of `shared`.

    A method declares its knobs in the order in which they matter; words and logarithmic scales make no slider.
    """
    numbers = [name for name, knob in own.items() if knob.kind in (int, float) and not knob.log]
    ranked = [*(name for name in numbers if own[name].symbol), *numbers, *shared]
    return list(dict.fromkeys(ranked))[:count]


def matches(name: str, knob: Knob, text: str) -> bool:
    """Whether each word of `text` occurs in a knob's name, title, help or subject, in any case; no word, no match."""
    about = f"{plainly(name)} {name} {knob.title} {knob.help} {knob.subject}".lower()
    words = text.lower().split()
    return bool(words) and all(word in about for word in words)


def unknown(name: str, known: list[str], of: str) -> ValueError:
    """The sentence for a name that does not exist, with the nearest one that does."""
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"It has {', '.join(known) or 'none'}."
    return ValueError(f"{of} has no knob {str(name)!r}. {hint}")


def build(cls: type[T], values: Mapping[str, Any], of: str) -> T:
    """Make a `cls` from checked values; raises ValueError, one sentence, for a wrong name or value."""
    known = knobs_of(cls)
    for name in values:
        if name not in known:
            raise unknown(name, list(known), of)
    return cls(**{name: known[name].check(name, value) for name, value in values.items()})
