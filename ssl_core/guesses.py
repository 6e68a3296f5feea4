"""Guesses of a lesson: what may be guessed, what somebody committed to, and what is said to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

PASSED = "-"  # of a step that was looked at without a guess
BETWEEN = "~"  # in an address: no number and no choice holds it, and no browser rewrites it
LONGEST = 200  # characters of a choice, and of everything that stands in an address


class Verdict(NamedTuple):
    """Whether a guess was right, or close, and that in words."""

    right: bool
    words: str


@dataclass(frozen=True)
class Choice:
    """One of some sentences; `right` counts from 1."""

    options: tuple[str, ...]
    right: int

    def token(self, text: str) -> str:
        """A text of an address as it is kept: the number of the option, or nothing."""
        return text if text in map(str, range(1, len(self.options) + 1)) else ""

    def verdict(self, token: str) -> Verdict:
        """What is said to the option of that number."""
        if int(token) == self.right:
            return Verdict(True, f"You said: {self.options[self.right - 1]} That is right.")
        return Verdict(False, f"You said: {self.options[int(token) - 1]} Right is: {self.options[self.right - 1]}")


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`; close is what lies within `near` of what was measured."""

    measured: float
    unit: str
    low: float
    high: float
    near: float
    digits: int = 0

    def token(self, text: str) -> str:
        """A text of an address as it is kept: the number, or nothing."""
        try:
            value = float(text)
        except ValueError:
            return ""
        return f"{value:g}" if self.low <= value <= self.high else ""  # NaN is not

    def verdict(self, token: str) -> Verdict:
        """What is said to that number."""
        guess, measured = float(token), float(self.say(self.measured))
        off = guess - measured
        facts = f"You said {token}{self.behind}, we measured {self.say(self.measured)}{self.behind}."
        if abs(off) <= self.near:
            return Verdict(True, f"{facts} That is close.")
        return Verdict(False, f"{facts} You were {self.say(abs(off))} too {'high' if off > 0 else 'low'}.")

    def say(self, value: float) -> str:
        """A number with as many digits as were measured."""
        return f"{value:.{self.digits}f}"

    @property
    def behind(self) -> str:
        """The unit as it stands behind a number."""
        return f" {self.unit}" if self.unit else ""


Guess = Choice | Number


def read_guess(value: Any, where: str, measured: Mapping[str, Mapping[str, Any]]) -> Guess | None:
    """The guess of a step: {"choices": [...], "right": 1} or {"number": NAME, "low", "high", "near", "unit"}.

    NAME is that of a measured number. Raises ValueError with what is wrong, to stand inside a sentence.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"the guess of {where} must be an object")
    kind, known = ("choices", {"right"}) if "choices" in value else ("number", {"low", "high", "near", "unit"})
    if strange := sorted(set(value) - known - {kind}):
        raise ValueError(f"the guess of {where} has {strange[0]!r}, which no guess has")
    return _choice(value, where) if kind == "choices" else _number(value, where, measured)


def _choice(value: dict[str, Any], where: str) -> Choice:
    options, right = value["choices"], value.get("right")
    texts = isinstance(options, list) and all(isinstance(one, str) and 1 <= len(one) <= LONGEST for one in options)
    if not texts or not 2 <= len(set(options)) == len(options) <= 6:
        raise ValueError(f"choices of {where} must be 2 to 6 different texts")
    if type(right) is not int or not 1 <= right <= len(options):
        raise ValueError(f"right of {where} must be the number of a choice, counted from 1")
    return Choice(tuple(options), right)


def _number(value: dict[str, Any], where: str, measured: Mapping[str, Mapping[str, Any]]) -> Number:
    name, unit = value.get("number"), value.get("unit", "")
    if not isinstance(name, str) or name not in measured:
        raise ValueError(f"{where} asks for the number {name!r}, which nobody measured")
    bounds = [value.get(key) for key in ("low", "high", "near")]
    if not all(type(bound) in (int, float) and math.isfinite(bound) for bound in bounds):
        raise ValueError(f"low, high and near of {where} must be numbers")
    if not isinstance(unit, str) or len(unit) > 20:
        raise ValueError(f"unit of {where} must be a short text")
    one = measured[name]
    if not bounds[0] <= one["value"] <= bounds[1]:
        raise ValueError(f"what was measured for {where} cannot be guessed: it is not from low to high")
    return Number(one["value"], unit, *bounds, digits=one.get("digits", 0))


def committed(text: str, guesses: Sequence[Guess | None]) -> list[str]:
    """What an address says was guessed, a text a step: the guess, PASSED, or nothing where nobody committed."""
    said = text[: LONGEST * 2].split(BETWEEN) + [""] * len(guesses)
    pairs = zip(said, guesses, strict=False)
    return [PASSED if one == PASSED else guess.token(one) if guess else "" for one, guess in pairs]


def joined(said: Sequence[str]) -> str:
    """The same as the text of an address."""
    return BETWEEN.join(said).rstrip(BETWEEN)


def right_ones(said: Sequence[str], guesses: Sequence[Guess | None]) -> int:
    """How many of the guesses were right or close."""
    pairs = zip(said, guesses, strict=True)
    return sum(guess.verdict(one).right for one, guess in pairs if guess and one not in ("", PASSED))
