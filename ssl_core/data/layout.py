"""What a list of paths says: the class of every picture, or that nobody knows it, and the part it belongs to.

Nothing is opened here. Every path that is not understood as a picture is counted, with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ssl_core.images.formats import ENDINGS
from ssl_core.zips import is_junk

TRAIN, VALIDATION, TEST = "train", "validation", "test"
# Every text matches in one way only: with \d+ or dataset beside data and set, a long one would take for ever.
_TAIL = r"(?:[-_ ]?(?:data|set|folder|images?|imgs?|pictures?|photos?|\d))*"
PART = {
    TRAIN: re.compile(rf"train(?:ing)?{_TAIL}", re.IGNORECASE),
    VALIDATION: re.compile(rf"val(?:id|idation)?{_TAIL}", re.IGNORECASE),
    TEST: re.compile(rf"test(?:ing)?{_TAIL}", re.IGNORECASE),
}
UNLABELLED = re.compile(
    rf"(?:.*[-_ ])?(?:un[-_ ]?label+ed|unsup(?:ervised)?|no[-_ ]labels?|without[-_ ]labels?){_TAIL}(?:[-_ ].*)?",
    re.IGNORECASE,
)
LABELLED = re.compile(rf"label+ed{_TAIL}", re.IGNORECASE)
_ANY = r"data|set|dataset|images?|imgs?|pictures?|photos?|pics?|jpe?gs?|pngs?|files|upload"
PLAIN = re.compile(rf"(?:(?:my|all|raw)[-_ ]?)*(?:{_ANY}){_TAIL}", re.IGNORECASE)  # says nothing of what is shown
TABLES = (".csv", ".tsv", ".txt")
LONGEST_NAME, LONGEST_PATH = 255, 1_000  # characters; a zip may say 65,535, in 32,768 folders
DEEP = 8  # folders among which train and test are looked for


class Seat(NamedTuple):
    """A picture: its path, its class or None where nobody knows it, and its part or "" where nothing says it."""

    path: str
    label: str | None
    part: str


ALONE = {"they are no pictures": "it is no picture", "systems leave them behind": "systems leave it behind"}


class LeftOut(NamedTuple):
    """What was passed over, how many of it, and why."""

    what: str
    count: int
    why: str


class Understood(NamedTuple):
    """The pictures of a layout in the order of their paths, and what was passed over."""

    pictures: list[Seat]
    left_out: list[LeftOut]

    @property
    def classes(self) -> list[str]:
        """Names of the classes, sorted."""
        return sorted({seat.label for seat in self.pictures if seat.label is not None})


class Tally:
    """Counts what is passed over, by what it is and why."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, what: str, why: str, count: int = 1) -> None:
        """Count some more of it."""
        self._counts[what, why] = self._counts.get((what, why), 0) + count

    def rows(self) -> list[LeftOut]:
        """What was counted, the most first."""
        rows = [LeftOut(*_said(what, count, why)) for (what, why), count in self._counts.items()]
        return sorted(rows, key=lambda row: -row.count)


def _said(what: str, count: int, why: str) -> tuple[str, int, str]:
    """The same with the words for a single file, where it is one."""
    if count != 1 or not what.endswith("files"):
        return what, count, why
    return what[:-1], count, ALONE.get(why, why)


@lru_cache(maxsize=4_096)
def part_of(name: str) -> str:
    """The part that a folder's name, or a cell of a table, speaks of, or ""."""
    return next((part for part, pattern in PART.items() if pattern.fullmatch(name[:LONGEST_NAME].strip())), "")


@lru_cache(maxsize=4_096)
def says_unlabelled(name: str) -> bool:
    """Whether the name of a folder, or a cell of a table, says that nobody knows the class."""
    return bool(UNLABELLED.fullmatch(name[:LONGEST_NAME]))


@lru_cache(maxsize=4_096)
def same(text: str) -> str:
    """One spelling of letters that look alike: Macs write é as two characters."""
    return unicodedata.normalize("NFC", text)


def sort_out(paths: Iterable[str], tally: Tally) -> tuple[list[str], list[str]]:
    """Pictures and tables among paths; what is neither is counted."""
    pictures, tables = [], []
    for path in paths:
        name = path.rpartition("/")[2].lower()
        if len(path) > LONGEST_PATH:
            tally.add("files", f"their paths have more than {LONGEST_PATH:,} characters")
        elif is_junk(path):
            tally.add("hidden files", "systems leave them behind")
        elif name.endswith(ENDINGS):
            pictures.append(path)
        elif name.endswith(TABLES):
            tables.append(path)
        else:
            tally.add(
                f".{name.rpartition('.')[2][:12]} files" if "." in name else "other files", "they are no pictures"
            )
    return pictures, tables


def by_folders(pictures: Sequence[str], tally: Tally) -> list[Seat]:
    """What the folders of pictures say of each; those that it says nothing of are counted.

    A folder called unlabelled, anywhere on the way, means that nobody knows the class. The class is the first folder
    below what all share, and below train, test or val where these stand above; or these stand below the classes.
    Raises ValueError, one sentence, where there are only test pictures.
    """
    seats, rest = [], {}
    for path in pictures:
        folders = tuple(same(part) for part in path.split("/")[:-1] if part not in ("", "."))
        if any(map(says_unlabelled, folders)):
            seats.append(Seat(path, None, ""))
        else:
            rest[path] = tuple(name for name in folders if not LABELLED.fullmatch(name))
    seats += _told(rest, tally)
    parts = {seat.part for seat in seats if seat.label is not None}
    if parts and parts <= {TEST, VALIDATION}:
        raise ValueError("There are pictures to test on but none to learn from: put some into a folder train.")
    return sorted(seats)


def _told(rest: dict[str, tuple[str, ...]], tally: Tally) -> list[Seat]:
    root, lone = _root(rest)
    inside = {}
    for path, folders in rest.items():
        if folders[: len(root)] == root:
            inside[path] = folders[len(root) :]
        else:
            tally.add(f"pictures in {folders[0] if folders else 'no folder'}", "they lie beside train and test")
    children = _children(inside.values())
    above = _above(children)
    below = not above and not lone and _below(children, inside.values())
    classes = any(_place(folders, above)[1] for folders in inside.values())
    seats = []
    for path, folders in inside.items():
        part, names = _place(folders, above)
        if above == "only" and not part:
            tally.add(f"pictures in {folders[0] if folders else 'no folder'}", "they lie beside train and test")
            continue
        if below:
            part = part_of(names[1]) if len(names) > 1 else ""
        part = part or lone
        if below and not part:
            tally.add(f"pictures in {names[0] if names else 'no folder'}", "they lie beside train and test")
        elif names:
            seats.append(Seat(path, names[0], part))
        elif classes:
            tally.add("pictures beside the class folders", "no folder says their class: put them into unlabelled/")
        elif part in (TEST, VALIDATION):
            tally.add(f"pictures in {part}", "nobody says their class, so that they cannot be a test")
        else:
            plain = not root or above or lone or PLAIN.fullmatch(root[-1])
            seats.append(Seat(path, None if plain else root[-1], ""))
    return seats


def _root(rest: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """The folder that holds the class folders or train and test, and the one part that all lie in, or ""."""
    parts: dict[tuple[str, ...], set[str]] = {}
    for folders in rest.values():
        for depth, name in enumerate(folders[:-1][:DEEP]):
            if part := part_of(name):
                parts.setdefault(folders[:depth], set()).add(part)
    full = [home for home, some in parts.items() if len(some) > 1]
    if len(full) == 1:
        return full[0], ""
    shared = _shared(list(rest.values()))
    lone = next((part for name in reversed(shared) if (part := part_of(name))), "")
    return shared, lone


def _shared(every: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The folders that all have in common."""
    if not every:
        return ()
    first, last = min(every), max(every)
    length = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]


def _children(every: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
    """The first folders, each with the folders below it; "" stands for pictures that lie in it."""
    children: dict[str, set[str]] = {}
    for folders in every:
        if folders:
            children.setdefault(folders[0], set()).add(folders[1] if len(folders) > 1 else "")
    return children


def _above(children: dict[str, set[str]]) -> str:
    """Whether train, test or val stand above the classes: "only" they, "mixed" with classes to learn from, or ""."""
    parts = {name for name in children if part_of(name)}
    others = set(children) - parts
    if not parts:
        return ""
    if not others:
        return "only"
    below = set().union(*(children[name] for name in parts)) - {""}
    if below & others and not all(below & children[name] for name in others):
        return "mixed"
    if len({part_of(name) for name in parts}) > 1:
        return "only"
    apart = all(not below & children[name] for name in others)
    return "only" if len(below) > 1 and apart and not any("" in children[name] for name in parts) else ""


def _below(children: dict[str, set[str]], every: Iterable[tuple[str, ...]]) -> bool:
    """Whether train, test or val stand below the classes."""
    kinds = [{part_of(name) for name in names if name} for names in children.values()]
    if any(len(one - {""}) > 1 for one in kinds):
        return True
    return bool(kinds) and all(one and "" not in one for one in kinds) and all(len(f) > 1 for f in every)


def _place(folders: tuple[str, ...], above: str) -> tuple[str, tuple[str, ...]]:
    """The part that stands above the classes, if any, and the folders below it."""
    part = part_of(folders[0]) if above and folders else ""
    if part:
        return part, folders[1:]
    return (TRAIN if above == "mixed" and folders else "", folders)
