"""Pictures that people bring made into a data set: read one after the other, then split into train and test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

import numpy as np

from ssl_core.data.brought import Brought
from ssl_core.data.card import UNKNOWN
from ssl_core.data.held_back import draw_test
from ssl_core.data.kept import Arrays
from ssl_core.data.layout import TEST, VALIDATION, LeftOut, Seat, Tally, Understood
from ssl_core.data.shelf import Shelf
from ssl_core.data.squared import SIDES, decoded, fitting_side, in_colours, opens, pixel_budget
from ssl_core.data.understand import FEWEST, apart, names_of, understand
from ssl_core.images.formats import KINDS, Pixels
from ssl_core.zips import Entry

MOST_BYTES = 3 * 2**30  # of the resized pictures
WIDE, MANY_WIDE = 1.5, 0.1  # a longer picture loses a third where it is cut; more of them than this deserve a word

Progress = Callable[[int, int], None]  # hears how many pictures are done, and of how many


def silent(done: int, total: int) -> None:
    """Progress that nobody hears."""


class Reading(NamedTuple):
    """The pictures that could be read, with the numbers of their files; how many are long; and what was left out."""

    shelf: Shelf
    seats: list[Seat]
    prints: np.ndarray
    wide: int
    left_out: list[LeftOut]


def bring(
    entries: Sequence[Entry],
    side: int | None,
    channels: int,
    *,
    fit: str = "cut",
    classes: Sequence[str] = (),
    before: Callable[[Set[int]], Set[int]] = lambda prints: frozenset(),
    progress: Progress = silent,
    most_pixels: int | None = None,
    fits: Callable[[int], None] = lambda size: None,
) -> Brought:
    """Read pictures into a data set; a fifth of each class becomes the test where nobody brought one.

    `side` None keeps photographs at 128 pixels and small pictures at what holds them; `fit` is one of FITS; `classes`
    fixes their names and order, else they are sorted; `before` says which of these numbers of files were
    test already. At most `most_pixels` are read, of all pictures together, as they are brought.
    `fits` hears how many bytes they will have, before any is decoded, and may refuse them.
    A picture that cannot be read is left out and counted. Raises ValueError, one sentence, when no data set can be
    made of them.
    """
    if side is not None and side not in SIDES:
        raise ValueError(f"The size must be one of {', '.join(map(str, SIDES))} pixels, not {side}.")
    entries = apart(entries)
    told = understand(entries)
    read = {entry.name: entry.read for entry in entries}
    if len(told.classes) == 1 and not any(opens(read[seat.path]) for seat in told.pictures):
        raise ValueError(f"None of the {len(told.pictures):,} pictures could be read: use {KINDS} pictures.")
    names = names_of(told, classes)
    side = side or fitting_side((read[seat.path] for seat in told.pictures), fit)
    room = MOST_BYTES // (channels * side * side)
    if len(told.pictures) > room:
        raise ValueError(f"At {side} pixels at most {room:,} pictures fit: choose a smaller size or fewer pictures.")
    fits(len(told.pictures) * channels * side * side)
    budget = pixel_budget([read[seat.path] for seat in told.pictures], most_pixels)
    reading = _read(told.pictures, read, (channels, side, side), fit, budget, progress)
    told = told._replace(left_out=[*told.left_out, *reading.left_out])
    return _assembled(reading, names, told, before, fit, classes)


def _read(
    seats: Sequence[Seat], read: dict[str, Callable[[], bytes]], shape: tuple[int, int, int], fit: str,
    budget: Pixels | None, progress: Progress,
) -> Reading:  # fmt: skip
    shelf, tally, there, prints, wide = Shelf(shape), Tally(), [], [], 0
    for done, (seat, number, picture, longer) in enumerate(decoded(seats, read, shape[1], fit, budget), 1):
        progress(done, len(seats))
        if isinstance(picture, str):
            tally.add(f".{seat.path.rpartition('.')[2].lower()} pictures that could not be read", picture)
            continue
        shelf.put(in_colours(picture, shape[0]))
        wide += max(longer, 1 / longer) > WIDE
        there.append(seat)
        prints.append(number)
    broken = tally.rows()
    if not there:
        raise ValueError(f"None of the {len(seats):,} pictures could be read: use {KINDS} pictures. {broken[0].why}")
    return Reading(shelf, there, np.array(prints, dtype=np.int64), wide, broken)


def _notes(reading: Reading, fit: str) -> list[str]:
    broken = sum(row.count for row in reading.left_out)
    notes = [f"Pictures that could not be read and were left out: {broken:,}."] if broken else []
    if fit == "cut" and reading.wide > MANY_WIDE * len(reading.seats):
        notes.append(
            f"{reading.wide:,} pictures are much longer one way than the other, and cutting the middle square loses a "
            "third or more of each: padding or squashing keeps all of it."
        )
    return notes


def _assembled(
    reading: Reading, names: dict[str, str], told: Understood, before: Callable[[Set[int]], Set[int]], fit: str,
    fixed: Sequence[str],
) -> Brought:  # fmt: skip
    shelf, seats, prints, notes = reading.shelf, reading.seats, reading.prints, _notes(reading, fit)
    classes = tuple(fixed) or tuple(names[label] for label in told.classes)
    place = {name: number for number, name in enumerate(classes)}
    labels = np.array([UNKNOWN if s.label is None else place[names[s.label]] for s in seats], dtype=np.int64)
    parts = np.array([seat.part for seat in seats])
    test, held = parts == TEST, parts == VALIDATION
    learned = np.bincount(labels[~test & ~held & (labels != UNKNOWN)], minlength=len(classes))
    _check(learned, classes, told, alone=not test.any() and (labels != UNKNOWN).all())
    drawn = not test.any() and bool(classes) and learned.min() >= FEWEST
    if drawn:
        test = draw_test(prints, np.where(held, UNKNOWN, labels), before({*prints.tolist()}))
    elif not test.any():
        notes.append("There is no test: too few pictures have a class to set some aside." if classes else
                     "Nobody has said the class of any of them yet.")  # fmt: skip
    train = np.concatenate([np.flatnonzero(~test & ~held), np.flatnonzero(held)])
    rows = train, np.flatnonzero(test)
    arrays = Arrays(shelf.rows(rows[0]), labels[rows[0]], shelf.rows(rows[1]), labels[rows[1]])
    return Brought(
        classes, arrays, told.left_out, notes,
        tuple([seats[row].path for row in part] for part in rows),
        tuple(prints[part].tolist() for part in rows),
        int(held.sum()), drawn, fit,
    )  # fmt: skip


def _check(learned: np.ndarray, classes: tuple[str, ...], told: Understood, *, alone: bool) -> None:
    """Raise ValueError, one sentence, for a class with too few pictures; `alone`: all have a class, none is a test."""
    if not classes:
        return
    brought = Counter(seat.label for seat in told.pictures)
    few = classes[int(learned.argmin())]
    if (learned > 0).sum() < 2:
        raise ValueError(
            f"Only one class was found ({classes[int(learned.argmax())]}): at least two folders are needed."
        )
    if not learned.min() and brought:
        raise ValueError(f"No picture of class {few!r} could be read: repair it or leave that folder out.")
    if alone and learned.min() < FEWEST:
        raise ValueError(
            f"Class {few!r} has {learned.min()} of at least {FEWEST} pictures: one to learn from, one for validation "
            "and one for the test."
        )
