"""Pictures that people bring made into a data set: what is known of each, decoded, made square, resized once, split.

Every picture goes through ssl_core.images. Class names are cleaned before anything shows them, and never become paths.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from ssl_core.data.card import UNKNOWN, Card
from ssl_core.data.held_back import SHARE, draw_test, print_of
from ssl_core.data.kept import MODULE, Arrays, recount, to_validate
from ssl_core.data.label_table import by_tables
from ssl_core.data.layout import TEST, VALIDATION, LeftOut, Seat, Tally, Understood, by_folders, sort_out
from ssl_core.data.shelf import Shelf
from ssl_core.images import (
    ENDINGS,
    FITS,
    KINDS,
    Pixels,
    TooManyPixels,
    quietly,
    read_square,
    size_of,
    too_many_pixels,
)
from ssl_core.zips import Entry

__all__ = ["ENDINGS", "FEWEST", "FITS", "SIDES", "Brought", "bring", "card_of", "clean", "understand"]

SIDES = (8, 16, 28, 32, 48, 64, 96, 128)
SIDE, PHOTOGRAPH = 32, 128  # the least and the most pixels a side where nobody says how many
FEWEST = 3  # pictures of a class without a test of their own: one to learn from, one for validation, one for the test
MOST_CLASSES = 200
MOST_PICTURES = 50_000
MOST_BYTES = 3 * 2**30  # of the resized pictures
TEST_SHARE = SHARE
MOST_TABLE = 20 * 2**20  # bytes of all tables of labels
SIZED = 60  # pictures whose sizes decide how large they are kept
WIDE, MANY_WIDE = 1.5, 0.1  # a longer picture loses a third where it is cut; more of them than this deserve a word
AHEAD = 16  # pictures that are being decoded beside the one that is waited for
AHEAD_BYTES = 8 * 2**20  # of their files, before one more is read
PUNCTUATION = " .,+-_\u200c\u200d"  # the last two join and part letters of Persian and Hindi


class Brought(NamedTuple):
    """What was made of the pictures.

    `paths` and `prints` say for every training and every test row where it came from and a number of its file.
    `held`: the last so many training rows are a validation that somebody brought. `drawn`: the test was drawn here.
    """

    classes: tuple[str, ...]
    arrays: Arrays
    left_out: list[LeftOut]
    notes: list[str]
    paths: tuple[list[str], list[str]]
    prints: tuple[list[int], list[int]]
    held: int
    drawn: bool
    fit: str

    @property
    def origin(self) -> dict[str, Any]:
        """What is kept beside the card, as JSON."""
        return {
            "paths": self.paths[0],
            "test_paths": self.paths[1],
            "prints": [f"{number:x}" for part in self.prints for number in part],
            "test_prints": [f"{number:x}" for number in self.prints[1]] if self.drawn else [],
            "left_out": [row._asdict() for row in self.left_out],
        }


def clean(name: str, spare: str) -> str:
    """A name that can be shown anywhere: letters of any script, digits, spaces and -_.,+ only, at most 40."""

    def kept(character: str) -> bool:
        return unicodedata.category(character)[0] in "LMN" or character in PUNCTUATION

    text = "".join(c if kept(c) else "_" for c in " ".join(name.split()))[:40].strip(" _.\u200c\u200d")
    return text or spare


def understand(entries: Sequence[Entry]) -> Understood:
    """What is known of each picture, from the folders they lie in and tables of labels beside them.

    A validation is the test where there is none. Raises ValueError, one sentence, where nothing can be made of it.
    """
    tally, folder_tally = Tally(), Tally()
    pictures, tables = sort_out((entry.name for entry in entries), tally)
    if len(pictures) > MOST_PICTURES:
        raise ValueError(f"There are {len(pictures):,} pictures; at most {MOST_PICTURES:,} are read: bring fewer.")
    read = {entry.name: entry.read for entry in entries}
    contents = _tables(tables, read, tally)
    try:
        seats = by_folders(pictures, folder_tally)
    except ValueError:
        if not contents:
            raise
        seats = []
    said = by_tables(pictures, contents, seats, tally)
    if said is None and pictures and not seats and not folder_tally.rows():
        seats = by_folders(pictures, folder_tally)
    rows = [*tally.rows(), *(folder_tally.rows() if said is None else [])]
    return _settled(Understood(seats if said is None else said, rows))


def _tables(names: Sequence[str], read: dict[str, Callable[[], bytes]], tally: Tally) -> dict[str, bytes]:
    """The contents of tables, as far as they are read; counts the others."""
    contents, left, looks = {}, MOST_TABLE, 5 * MOST_TABLE
    for name in names:
        content = _table(read[name]) if looks > 0 else b""
        looks -= max(len(content), 1_000)  # opening one takes time, too
        if looks <= 0 or len(content) > left:
            tally.add("tables", f"together they have more than {MOST_TABLE // 2**20} MB")
        else:
            contents[name] = content
            left -= len(content)
    return contents


def _table(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (ValueError, OSError):
        return b""


def _settled(told: Understood) -> Understood:
    """The same with a test for a lone validation, and without test pictures of classes that nothing teaches."""
    parts = {seat.part for seat in told.pictures if seat.label is not None}
    if TEST not in parts:
        told = told._replace(
            pictures=[s._replace(part=TEST if s.part == VALIDATION else s.part) for s in told.pictures]
        )
    taught = {seat.label for seat in told.pictures if seat.part not in (TEST, VALIDATION)}
    tally, pictures = Tally(), []
    for seat in told.pictures:
        if seat.label in taught or seat.label is None:
            pictures.append(seat)
        else:
            tally.add(
                f"{seat.part} pictures of class {clean(seat.label, 'one')}", "no training picture shows that class"
            )
    if len(told.classes) > MOST_CLASSES:
        raise ValueError(f"There are more than {MOST_CLASSES} class folders: bring fewer.")
    return Understood(pictures, [*told.left_out, *tally.rows()])


def bring(
    entries: Sequence[Entry],
    side: int | None,
    channels: int,
    *,
    fit: str = "cut",
    classes: Sequence[str] = (),
    before: Callable[[Set[int]], Set[int]] = lambda prints: frozenset(),
    progress: Callable[[int], None] = lambda done: None,
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
    told = understand(entries)
    read = {entry.name: entry.read for entry in entries}
    if len(told.classes) == 1 and not any(_opens(read[seat.path]) for seat in told.pictures):
        raise ValueError(f"None of the {len(told.pictures):,} pictures could be read: use {KINDS} pictures.")
    names = names_of(told, classes)
    side = side or fitting_side((read[seat.path] for seat in told.pictures), fit)
    room = MOST_BYTES // (channels * side * side)
    if len(told.pictures) > room:
        raise ValueError(f"At {side} pixels at most {room:,} pictures fit: choose a smaller size or fewer pictures.")
    fits(len(told.pictures) * channels * side * side)
    budget = _budget([read[seat.path] for seat in told.pictures], most_pixels)
    shelf, tally, seats, prints, wide = Shelf((channels, side, side)), Tally(), [], [], 0
    for seat, number, picture, shape in _decoded(told.pictures, read, side, fit, budget):
        if isinstance(picture, str):
            tally.add(f".{seat.path.rpartition('.')[2].lower()} pictures that could not be read", picture)
            continue
        shelf.put(in_colours(picture, channels))
        wide += max(shape, 1 / shape) > WIDE
        seats.append(seat)
        prints.append(number)
        progress(len(seats))
    broken = sum(row.count for row in tally.rows())
    if not seats:
        raise ValueError(f"None of the {broken:,} pictures could be read: use {KINDS} pictures. {tally.rows()[0].why}")
    notes = [f"Pictures that could not be read and were left out: {broken:,}."] if broken else []
    if fit == "cut" and wide > MANY_WIDE * len(seats):
        notes.append(
            f"{wide:,} pictures are much longer one way than the other, and cutting the middle square loses a third or "
            "more of each: padding or squashing keeps all of it."
        )
    whole = told._replace(left_out=[*told.left_out, *tally.rows()])
    return _assembled(shelf, seats, np.array(prints, dtype=np.int64), names, whole, notes, before, fit, classes)


def fitting_side(reads: Iterable[Callable[[], bytes]], fit: str = "cut") -> int:
    """The size that holds most of the pictures as they will be kept: at most 128 pixels, and at least 32."""
    sizes = []
    for read, _ in zip(reads, range(SIZED), strict=False):
        try:
            sizes.append((min if fit == "cut" else max)(size_of(read())))
        except ValueError:
            continue
    usual = int(np.median(sizes)) if sizes else SIDE
    return next((side for side in SIDES if SIDE <= side <= PHOTOGRAPH and side >= usual), PHOTOGRAPH)


def _budget(reads: Sequence[Callable[[], bytes]], most: int | None) -> Pixels | None:
    """What the pictures may take; raises ValueError, one sentence, at once where they visibly have more than `most`."""
    if most is None:
        return None
    some = reads[:: max(1, len(reads) // SIZED)]
    if sum(map(_pixels, some)) * len(reads) > most * len(some):
        total = 0
        for read in reads:
            total += _pixels(read)
            if total > most:
                raise ValueError(too_many_pixels(most))
    return Pixels(most)


def _pixels(read: Callable[[], bytes]) -> int:
    try:
        width, height = size_of(read())
    except ValueError:
        return 0
    return width * height


def _opens(read: Callable[[], bytes]) -> bool:
    try:
        return bool(size_of(read()))
    except ValueError:
        return False


def names_of(told: Understood, fixed: Sequence[str] = ()) -> dict[str, str]:
    """The class that each label means; raises ValueError, one sentence, for one class, or one that is not `fixed`."""
    found = told.classes
    if not told.pictures:
        raise ValueError("No pictures were found: put one folder per class there, each with its pictures.")
    if fixed:
        known = {name.lower(): name for name in fixed}
        if strange := [label for label in found if label.lower() not in known]:
            raise ValueError(f"{clean(strange[0], 'A folder')!r} is none of the classes {', '.join(fixed)}.")
        return {label: known[label.lower()] for label in found}
    if len(found) == 1:
        raise ValueError(
            f"Only one class was found ({clean(found[0], 'one')}): at least two folders are needed. Pictures whose "
            "class nobody knows go into a folder called unlabelled."
        )
    if not found and len(told.pictures) < FEWEST:
        raise ValueError(
            f"No pictures were found whose class is known, and only {len(told.pictures)} others: put one folder per "
            "class there, each with its pictures."
        )
    shown = _unique([clean(label, f"class {n + 1}") for n, label in enumerate(found)])
    return dict(zip(found, shown, strict=True))


def _decoded(
    seats: Sequence[Seat], read: dict[str, Callable[[], bytes]], side: int, fit: str, budget: Pixels | None
) -> Iterator[tuple[Seat, int, Any, float]]:
    """Each picture with its number and its shape, or a sentence instead of the picture, in their order.

    Files are read here, one after the other, and decoded beside: Pillow lets go of Python while it does. Raises
    ValueError, one sentence, where the budget is spent.
    """

    def decode(content: bytes) -> tuple[int, Any, float]:
        try:
            return (print_of(content), *read_square(content, side, fit, budget))
        except ValueError as wrong:
            return 0, str(wrong), 1.0

    with quietly(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        waiting: deque[tuple[Seat, Future | str, int]] = deque()
        try:
            for seat in seats:
                while len(waiting) > AHEAD or sum(size for _, _, size in waiting) > AHEAD_BYTES:
                    yield _waited(*waiting.popleft())
                try:
                    content = read[seat.path]()
                    waiting.append((seat, pool.submit(decode, content), len(content)))
                    del content
                except ValueError as wrong:
                    waiting.append((seat, str(wrong), 0))
            while waiting:
                yield _waited(*waiting.popleft())
        except TooManyPixels as wrong:
            raise ValueError(str(wrong)) from None


def _waited(seat: Seat, work: Future | str, size: int) -> tuple[Seat, int, Any, float]:
    return (seat, 0, work, 1.0) if isinstance(work, str) else (seat, *work.result())


def in_colours(picture: np.ndarray, channels: int) -> np.ndarray:
    """A picture uint8 [3, H, W] with three channels or one."""
    if channels == 3:
        return picture
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as in Pillow's convert("L")
    return np.round(np.tensordot(weights, picture.astype(np.float64), 1)).astype(np.uint8)[None]


def _unique(names: list[str]) -> tuple[str, ...]:
    told: list[str] = []
    for name in names:
        same = sum(other == name or other.startswith(f"{name} (") for other in told)
        told.append(f"{name} ({same + 1})" if same else name)
    return tuple(told)


def _assembled(
    shelf: Shelf, seats: list[Seat], prints: np.ndarray, names: dict[str, str], told: Understood, notes: list[str],
    before: Callable[[Set[int]], Set[int]], fit: str, fixed: Sequence[str],
) -> Brought:  # fmt: skip
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


def told_in_words(left_out: Sequence[LeftOut], most: int = 4) -> str:
    """What was passed over as one sentence, or nothing."""
    rows = [row for row in left_out if "could not be read" not in row.what]
    parts = [f"{row.count:,} {row.what} ({row.why})" for row in rows[:most]]
    rest = sum(row.count for row in rows[most:])
    return f"Passed over: {'; '.join([*parts, *([f'{rest:,} more'] if rest else [])])}." if parts else ""


def card_of(name: str, title: str, text: str, brought: Brought, *, flip: bool) -> Card:
    """The card of pictures that were brought; `flip` says that a picture mirrored left and right keeps its class."""
    channels, side = brought.arrays.images.shape[1:3]
    kind = "colour" if channels == 3 else "grey"
    words = [text, *brought.notes, told_in_words(brought.left_out)]
    card = Card(
        name=name,
        title=f"{title}, {side}×{side} {kind}",
        text=" ".join(filter(None, words)),
        classes=brought.classes,
        channels=channels,
        side=side,
        train=len(brought.arrays.labels),
        validation=0,
        test=len(brought.arrays.test_labels),
        mirrors=("left-right",) if flip else (),
        shift=max(1, round(side / 8)),  # 12.5 %, FixMatch section 2.3
        licence="Its licence is yours to know.",
        module=MODULE,
        fit=brought.fit,
        held=bool(brought.held),
    )
    labels = brought.arrays.labels
    known = np.bincount(labels[labels != UNKNOWN], minlength=len(brought.classes))
    set_aside = brought.held or to_validate(known, precious=bool((labels == UNKNOWN).any()))
    return recount(card, brought.arrays, least=0, validation=set_aside)
