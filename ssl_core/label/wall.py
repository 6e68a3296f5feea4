"""Many at once: pictures that the network calls the same, in front of one person, to be confirmed in one act."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import torch
from torch import Tensor

from ssl_core.label.acts import Act
from ssl_core.label.session import Session
from ssl_core.label.turns import take

MOST = 40  # pictures that an eye still goes over one by one
NOTHING = "The network has nothing to say yet: label a few pictures one at a time first."
ONE_CLASS = "The network has met one class so far and calls everything {}: label a picture of another class first."
GONE = "None of these pictures is left to confirm: somebody labelled them meanwhile."


class Wall(NamedTuple):
    """Rows that the network calls class `place`, the surest first, how sure it is of each, and how many there are."""

    place: int
    rows: tuple[int, ...]
    sure: tuple[float, ...]
    of: int


def met(answers: tuple[Tensor, ...]) -> list[int]:
    """The classes that the network has met, by number, of its answers for every row (Known.heads)."""
    return torch.nonzero(answers[0].amax(dim=0) > 0)[:, 0].tolist() if answers else []


def nothing_yet(answers: tuple[Tensor, ...], classes: Collection[str]) -> str:
    """Why there is no wall yet, a sentence, or nothing where there can be one."""
    known = met(answers)
    if not known:
        return NOTHING
    return ONE_CLASS.format(list(classes)[known[0]]) if len(known) == 1 else ""


def wall(
    session: Session,
    who: str,
    answer: Tensor,
    place: int,
    *,
    count: int = MOST,
    passed: Collection[str] = (),
    at_hand: Collection[str] = (),
) -> Wall:
    """At most `count` pictures whose most probable class by answer [N, classes] is `place`: this person's for a while.

    Nothing that was labelled, that this person skips or `passed` over, or that lies before somebody else. What they
    have `at_hand` elsewhere stays theirs, and does not stand here.
    """
    sure, called = answer.max(dim=1)
    rows = session.known(who).open
    rows = rows[called[rows] == place]
    rows = rows[torch.sort(sure[rows], descending=True, stable=True).indices].tolist()
    away, numbers = {*passed, *at_hand}, session.pictures.numbers
    there = {numbers[row]: row for row in rows if numbers[row] not in away}
    mine = [there[number] for number in take(session.journal, who, there, count, at_hand=at_hand)]
    return Wall(place, tuple(mine), tuple(float(sure[row]) for row in mine), len(there))


class Picked(NamedTuple):
    """What somebody caught on the map: the rows to look at, and how many more are labelled, or not at hand now."""

    rows: tuple[int, ...]
    labelled: int
    left: int


def picked(
    session: Session, who: str, rows: Collection[int], *, count: int = MOST, at_hand: Collection[str] = ()
) -> Picked:
    """One row that was clicked, labelled or not; of several at most `count` without a label, this person's now."""
    numbers, said = session.pictures.numbers, session.journal.said().words
    caught = {numbers[row]: row for row in rows if 0 <= row < len(numbers)}
    if len(caught) == 1 and said.keys() & caught:
        return Picked(tuple(caught.values()), 0, 0)
    free = [number for number in caught if number not in said]
    mine = {*take(session.journal, who, [n for n in free if n not in at_hand], count, at_hand=at_hand)}
    mine |= {*[n for n in free if n in at_hand][: count - len(mine)]}
    shown = [n for n in free if n in mine]
    return Picked(tuple(caught[n] for n in shown), len(caught) - len(free), len(free) - len(shown))


def say_all(session: Session, who: str, rows: Collection[int], label: str | None) -> Act:
    """These pictures are all of one class, one act that says so; those that somebody labelled meanwhile are left alone.

    Raises ValueError, one sentence, where none is left.
    """
    said, numbers = session.journal.said().words, session.pictures.numbers
    free = {numbers[row]: label for row in rows if numbers[row] not in said}
    if not free:
        raise ValueError(GONE)
    return session.journal.say(who, free, "bulk")
