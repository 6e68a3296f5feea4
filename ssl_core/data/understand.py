"""What is known of each picture that people bring, from the folders and tables it came with; nothing is decoded here.

Class names are cleaned before anything shows them, and never become paths.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from ssl_core.data.label_table import by_tables
from ssl_core.data.layout import TEST, VALIDATION, Tally, Understood, by_folders, sort_out
from ssl_core.zips import Entry

FEWEST = 3  # pictures of a class without a test of their own: one to learn from, one for validation, one for the test
MOST_CLASSES = 200
MOST_PICTURES = 50_000
MOST_TABLE = 20 * 2**20  # bytes of all tables of labels
PUNCTUATION = " .,+-_\u200c\u200d"  # the last two join and part letters of Persian and Hindi
BLANK = "\u115f\u1160\u3164\uffa0"  # letters by their category, of which nothing is seen


def clean(name: str, spare: str) -> str:
    """A name that can be shown anywhere: letters of any script, digits, spaces and -_.,+ only, at most 40."""

    def kept(character: str) -> bool:
        return (unicodedata.category(character)[0] in "LMN" and character not in BLANK) or character in PUNCTUATION

    text = "".join(c if kept(c) else "_" for c in " ".join(name.split()))[:40].strip(" _.\u200c\u200d")
    return text or spare


def apart(entries: Sequence[Entry]) -> list[Entry]:
    """The same with numbers behind equal paths: two files called 0.jpg, chosen from two folders, are two pictures."""
    taken, separate = {entry.name for entry in entries}, {}
    for entry in entries:
        name, number = entry.name, 1
        stem, dot, ending = name.rpartition(".")
        while name in separate or (number > 1 and name in taken):
            number += 1
            name = f"{stem} ({number}){dot}{ending}" if dot else f"{ending} ({number})"
        separate[name] = entry._replace(name=name)
    return list(separate.values())


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


def _unique(names: list[str]) -> tuple[str, ...]:
    unique: list[str] = []
    for name in names:
        same = sum(other == name or other.startswith(f"{name} (") for other in unique)
        unique.append(f"{name} ({same + 1})" if same else name)
    return tuple(unique)
