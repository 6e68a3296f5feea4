"""The two lines learn aside while somebody labels: the newest labels first, then the way there, read from the journal.

The curve is therefore there again after a kill: what was said when is on the disk.
"""

from __future__ import annotations

import threading
import time
import traceback
from typing import Any, NamedTuple

from torch import Tensor

from ssl_core.data.card import UNKNOWN
from ssl_core.features.embedded import Embedded
from ssl_core.intervals import wilson
from ssl_core.label import aside
from ssl_core.label.acts import Said
from ssl_core.label.estimate import FEWEST, estimate
from ssl_core.label.heads import HEADS, Head, answers, fit, fit_both
from ssl_core.label.labelled import labelled
from ssl_core.label.questions import drawn_rows
from ssl_core.label.session import Session

PAUSE = 0.5  # seconds from one beginning to the next
STEPS = 12  # places of the way there that are learned again after a kill


class Point(NamedTuple):
    """What both lines reach with so many labels said: by name, its accuracy 0..1 and 95 % interval."""

    labels: int
    scores: dict[str, tuple[float, float, float]]


class Teacher:
    """Teaches in a thread of its own while there is something new; pages read what is finished. Safe among threads."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.tested = bool((session.data.test_labels != UNKNOWN).any())
        self.answers: tuple[Tensor, ...] = ()  # of both lines, for the training rows
        self.wrong = ""
        self._classes: tuple[str, ...] = ()
        self._points: dict[int, Point] = {}  # by how many acts there were
        self._lock, self._busy = threading.Lock(), False

    def wake(self) -> None:
        """There may be new labels: learn them unless that is going on already."""
        with self._lock:
            if not self._busy:
                self._busy = True
                aside.start(self._work, "teach")

    @property
    def busy(self) -> bool:
        """Whether something is being learned."""
        return self._busy

    def curve(self, said: Said) -> list[Point]:
        """What is finished of the way to these labels, fewest labels first; what was undone is not on it."""
        by_count = {p.labels: p for acts, p in sorted(self._points.items()) if acts <= said.acts}
        now = len(said.labels())
        return [by_count[count] for count in sorted(by_count) if count <= now]

    def guess(self, row: int) -> tuple[str, float] | None:
        """The class that the line which saw all pictures gives a row, and how sure it is; None before it learned."""
        said = self.answers
        if not said or not self._classes:
            return None
        sure, place = said[0][row].max(dim=0)
        return self._classes[int(place)], float(sure)

    def _work(self) -> None:
        try:
            while not aside.ending.is_set() and (acts := self._next()) is not None:
                began = time.monotonic()
                try:
                    self._learn(acts)
                    self.wrong = ""
                except Exception as wrong:  # whoever waits must learn that there is nothing to wait for
                    self.wrong = _sentence(wrong)
                    self._points[acts] = Point(0, {})  # not again until something else was said
                aside.ending.wait(max(0.0, PAUSE - (time.monotonic() - began)))
        finally:
            self._busy = False

    def _next(self) -> int | None:
        """How many acts to learn from next: all, else those of a place on the way that nobody has learned yet."""
        now = self.session.journal.said()
        if now.acts not in self._points:
            return now.acts
        step = max(1, now.acts // STEPS)
        near = [acts for acts in range(step, now.acts, step) if not self._points.keys() & set(range(acts, acts + step))]
        return near[-1] if near else None

    def _learn(self, acts: int) -> None:
        said = self.session.journal.said(acts)
        newest = acts == self.session.journal.said().acts
        now = after(self.session, said)
        if not bool((now.labels != UNKNOWN).any()):
            self._points[acts] = Point(0, {})
            self.answers = () if newest else self.answers
            return
        heads = fit_both(now, now.labels)
        if newest:
            self._classes, self.answers = tuple(now.card.classes), answers(now, heads)
        scores = self._tested(now, heads) if self.tested else self._estimated(now, said)
        self._points[acts] = Point(len(said.labels()), scores)

    def _tested(self, now: Embedded, heads: tuple[Head, ...]) -> dict[str, tuple[float, float, float]]:
        known = now.test_labels != UNKNOWN
        rows, labels = now.test_images[known], now.test_labels[known]
        reached = {name: head.accuracy(rows, labels) for name, head in zip(HEADS, heads, strict=True)}
        return {name: (share, *wilson(share, len(labels))) for name, share in reached.items()}

    def _estimated(self, now: Embedded, said: Said) -> dict[str, tuple[float, float, float]]:
        drawn = drawn_rows(self.session.pictures.rows_of(said.drawn()), len(now.labels))
        if int((drawn & (now.labels != UNKNOWN)).sum()) < FEWEST:
            return {}
        found: dict[str, Any] = {
            name: estimate(lambda few, name=name: _said(now, few, name), now.labels, drawn) for name in HEADS
        }
        return {name: (one.accuracy, one.low, one.high) for name, one in found.items() if one.accuracy is not None}


def _sentence(wrong: Exception) -> str:
    """What is said of it; the rest of what nobody foresaw stands in the server's log."""
    if isinstance(wrong, (ValueError, OSError)):
        return str(wrong)
    traceback.print_exception(wrong)
    return f"The lines could not learn ({type(wrong).__name__}: {wrong})."


def _said(now: Embedded, few: Tensor, method: str) -> Tensor:
    """What a line says that these labels taught; raises ValueError where the process is ending."""
    if aside.ending.is_set():
        raise ValueError("The server is ending.")
    return fit(now, few, method).probabilities(now.images)


class _AsSaid(NamedTuple):
    """A journal as it was."""

    then: Said

    def said(self) -> Said:
        return self.then


def after(session: Session, said: Said) -> Embedded:
    """The features with the labels of some moment, as `Session.now` has those of this one."""
    return labelled(session.data, _AsSaid(said), hide=session.hide, pictures=session.pictures)
