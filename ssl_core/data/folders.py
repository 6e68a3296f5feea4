"""`folder:PATH`, `folder:PATH@64` or `folder:PATH@64grey`: class folders on the server's own disk, resized and kept.

However its path is spelled, a folder at a size is one data set and has one name: see `canonical`. The path must lie
under a folder the operator allows ($SSL_ROOTS); links are not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ssl_core.data import kept, places, sheets
from ssl_core.data.brought import SIDES, Brought, Found, card_of, clean, found, gather
from ssl_core.data.card import Card
from ssl_core.data.kept import Arrays
from ssl_core.images import MOST_BYTES

NAME = re.compile(r"folder:(?P<path>.+?)(?:@(?P<side>\d{1,4})(?P<grey>grey)?)?")
SIDE = 32  # where a name says none
MOST_FILES = 200_000


class Asked(NamedTuple):
    """What a name asks for."""

    path: Path
    side: int
    channels: int


def name_of(path: str, side: int, channels: int) -> str:
    """The name of a folder at this size."""
    return f"folder:{path}@{side}{'grey' if channels == 1 else ''}"


def canonical(name: str) -> str:
    """The one name of a folder at a size: links and dots resolved, the size said; any other name as it is."""
    parts = NAME.fullmatch(name)
    if not parts:
        return name
    try:
        path = Path(parts["path"]).resolve()
    except (OSError, RuntimeError, ValueError):
        return name
    return name_of(str(path), int(parts["side"] or SIDE), 1 if parts["grey"] else 3)


def kept_as(name: str) -> list[str]:
    """Names under which this folder at this size is kept: its own if it is there, then older spellings of it."""
    wanted = canonical(name)
    same = [other for other in kept.names() if other.startswith("folder:") and canonical(other) == wanted]
    return sorted(same, key=lambda other: (other != name, other != wanted))


def asked(name: str) -> Asked:
    """The folder and size of a name; raises ValueError, one sentence, for a folder that may not be read."""
    parts = NAME.fullmatch(name)
    if not parts:
        raise ValueError("A folder is named folder:PATH, folder:PATH@64 or folder:PATH@64grey.")
    roots = places.roots()
    if not roots:
        raise ValueError("No folder may be read: name those that may in SSL_ROOTS and start again.")
    try:
        path = Path(parts["path"]).resolve()
        inside = any(path.is_relative_to(root) for root in roots)
        if inside and not path.is_dir():
            raise ValueError("There is no such folder under SSL_ROOTS: check its path.")
    except (OSError, RuntimeError) as wrong:
        raise ValueError(f"This folder cannot be read: {type(wrong).__name__}.") from None
    except ValueError as wrong:
        if "null byte" in str(wrong):
            raise ValueError("A folder's path has no NUL in it.") from None
        raise
    if not inside:
        raise ValueError("This folder may not be read: it lies outside those named in SSL_ROOTS.")
    side = int(parts["side"] or SIDE)
    if side not in SIDES:
        raise ValueError(f"The size must be one of {', '.join(map(str, SIDES))} pixels, not {side}.")
    return Asked(path, side, 1 if parts["grey"] else 3)


def prepare(name: str, *, flip: bool = True, progress: Callable[[int], None] = lambda done: None) -> Card:
    """Read a folder and keep it under its canonical name, instead of older ones; raises ValueError, one sentence."""
    path, side, channels = asked(name)
    name, older = canonical(name), kept_as(name)
    try:
        brought = _tiles(path) if sheets.meta(path) else gather(files(path), side, channels, progress=progress)
    except OSError as wrong:
        raise ValueError(f"A file of this folder cannot be read: {wrong.strerror or wrong}.") from None
    total = len(brought.arrays.labels) + len(brought.arrays.test_labels)
    text = f"{total:,} pictures of {len(brought.classes)} classes from a folder of this machine."
    card = card_of(name, f"Folder {clean(path.name, 'of pictures')}", text, brought, flip=flip)
    card = kept.keep(card, brought.arrays)
    for other in older:
        if other != name:
            kept.forget(other)
    return card


def files(top: Path) -> Iterator[Found]:
    """The pictures under a folder, in order of their names, links left out; raises ValueError for too many files."""
    count = 0
    for folder, inner, names in os.walk(top, onerror=_raise, followlinks=False):
        inner.sort()
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                raise ValueError(f"There are more than {MOST_FILES:,} files: choose a smaller folder.")
            path = Path(folder, name)
            one = found(path.relative_to(top).as_posix(), _reader(path))
            if one and path.is_file() and not path.is_symlink():
                yield one


def _raise(wrong: OSError) -> None:
    raise wrong


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES + 1)

    return read


def _tiles(path: Path) -> Brought:
    about = sheets.meta(path) or {}
    parts = [array for split in ("train", "test") for array in sheets.read(path, split)]
    names = tuple(clean(str(name), f"class {n + 1}") for n, name in enumerate(about["classes"]))
    return Brought(names, Arrays(*parts), [])
