"""The part of a knob's range that a search looks in, and how it is written in a terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ssl_core.knobs import Knob, unknown
from ssl_core.runs.checked import is_number

NEVER = ("device", "threads", "limit_minutes", "evaluations")  # knobs that say how to run, not what is learnt


@dataclass(frozen=True)
class Span:
    """Where one knob is searched: from low to high, on a logarithmic scale or not, or among choices."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False
    choices: tuple[Any, ...] = ()

    @staticmethod
    def of(knob: Knob) -> Span:
        """All that the knob allows."""
        if knob.kind is bool:
            return Span(choices=(False, True))
        if knob.choices:
            return Span(choices=tuple(knob.choices))
        return Span(knob.kind(knob.low), knob.kind(knob.high), knob.log, knob.kind is int)

    def narrowed(self, name: str, low: float, high: float) -> Span:
        """A part of this range; raises ValueError, one sentence."""
        if self.choices:
            raise ValueError(f"{name} is searched among words, as in {name}={'|'.join(map(str, self.choices))}.")
        if not (self.low <= low < high <= self.high) or (self.whole and (low != int(low) or high != int(high))):
            kind = "whole numbers " if self.whole else ""
            raise ValueError(f"{name} can be searched between {kind}{self.low:g} and {self.high:g}, the lower first.")
        return dataclasses.replace(self, low=self._cast(low), high=self._cast(high))

    def among(self, name: str, choices: tuple[Any, ...]) -> Span:
        """Some of these choices; raises ValueError, one sentence."""
        if len(set(choices)) < 2 or not set(choices) <= set(self.choices):
            known = "|".join(map(str, self.choices))
            raise ValueError(f"{name} needs two or more of {known or 'a range'} to search among.")
        return dataclasses.replace(self, choices=tuple(choices))

    def _cast(self, value: float) -> float | int:
        return int(value) if self.whole else float(value)

    def is_range(self) -> bool:
        """Whether it is one at all: a search's file may say anything."""
        if self.choices:
            return len(self.choices) > 1 and all(type(choice) in (str, bool) for choice in self.choices)
        numbers = is_number(self.low) and is_number(self.high) and self.low < self.high
        whole = not self.whole or type(self.low) is type(self.high) is int
        return numbers and whole and type(self.log) is type(self.whole) is bool and (not self.log or self.low > 0)

    def fits(self, value: Any) -> bool:
        """Whether a value is of its kind, in it or not: a run's file may say anything."""
        numbers = {int} if self.whole else {int, float}
        return type(value) in ({type(choice) for choice in self.choices} or numbers)

    def holds(self, value: Any) -> bool:
        """Whether a value lies in it."""
        if not self.fits(value):
            return False
        return value in self.choices if self.choices else self.low <= value <= self.high

    def points(self, count: int) -> list[Any]:
        """About `count` values spread evenly over it: the lines of a grid, without repetition."""
        if self.choices:
            return list(self.choices)
        if self.log:
            values = [self.low * (self.high / self.low) ** (i / (count - 1)) for i in range(count)]
        else:
            values = [self.low + (self.high - self.low) * i / (count - 1) for i in range(count)]
        return list(dict.fromkeys(self.tidy(value) for value in values))

    def tidy(self, value: float) -> float | int:
        """A number in it that a person can read: three digits."""
        if self.whole:
            return min(max(round(value), self.low), self.high)
        return min(max(float(f"{value:.3g}"), self.low), self.high)

    def words(self) -> str:
        """As it is written in a terminal: 0.5:0.99, or mixup|cutmix."""
        if self.choices:
            return "|".join(str(choice).lower() if isinstance(choice, bool) else choice for choice in self.choices)
        return f"{self.low:.12g}:{self.high:.12g}"


def read_span(text: str, known: Mapping[str, Knob]) -> tuple[str, Span]:
    """Read "threshold", "threshold=0.5:0.99" or "mix=mixup|cutmix"; raises ValueError, one sentence."""
    name, equals, words = text.partition("=")
    name = name.strip().replace("-", "_")
    if name not in known:
        raise unknown(name, list(known), "This search")
    knob, whole = known[name], Span.of(known[name])
    if not equals:
        return name, whole
    if whole.choices:
        return name, whole.among(name, tuple(knob.parse(name, word.strip()) for word in words.split("|")))
    low, colon, high = words.partition(":")
    if not colon:
        raise ValueError(f"{name} needs a range as in {name}={whole.words()}.")
    return name, whole.narrowed(name, knob.parse(name, low), knob.parse(name, high))


def searchable(method: str) -> dict[str, Knob]:
    """The knobs of a method that a search may turn. Imports PyTorch."""
    from ssl_core.train.config import all_knobs

    return {name: knob for name, knob in all_knobs(method).items() if not knob.free and name not in NEVER}
