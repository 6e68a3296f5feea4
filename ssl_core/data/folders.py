"""`folder:PATH`, `folder:PATH@64`, `folder:PATH@64grey` or `folder:PATH@64pad`: pictures on the server's own disk.

However its path is spelled, a folder at a size is one data set and has one name: see `canonical`. The path must lie
under a folder the operator allows ($SSL_ROOTS), and may be that of a zip; links are not followed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ssl_core.data import kept, places, room, sheets, uploads
from ssl_core.data.bring import Progress, bring, silent
from ssl_core.data.brought import Brought, card_of
from ssl_core.data.card import Card
from ssl_core.data.kept import Arrays
from ssl_core.data.squared import SIDES
from ssl_core.data.understand import clean
from ssl_core.images.formats import ENDINGS, MOST_BYTES
from ssl_core.images.reading import FITS
from ssl_core.named_files import read_named
from ssl_core.zips import Entry, TooMuch

NAME = re.compile(r"folder:(?P<path>.+?)(?:@(?=.)(?P<side>\d{1,4})?(?P<grey>grey)?(?P<fit>pad|squash)?)?")
MOST_FILES = 200_000
USUAL = 32  # pixels, where a name said none, before the pictures decided


class Asked(NamedTuple):
    """What a name asks for; `side` None leaves the size to the pictures."""

    path: Path
    side: int | None
    channels: int
    fit: str


def name_of(path: str, side: int | None, channels: int, fit: str = "cut") -> str:
    """The name of a folder at this size."""
    end = f"{side or ''}{'grey' if channels == 1 else ''}{'' if fit == 'cut' else fit}"
    return f"folder:{path}@{end}" if end else f"folder:{path}"


def canonical(name: str) -> str:
    """The one name of a folder at a size: links and dots resolved, the size said; any other name as it is.

    Where a name says no size, it is that of the copy that was read without one.
    """
    parts = NAME.fullmatch(name)
    if not parts:
        return name
    try:
        path = Path(parts["path"]).resolve()
    except (OSError, RuntimeError, ValueError):
        return name
    side, channels, fit = parts["side"], 1 if parts["grey"] else 3, parts["fit"] or "cut"
    return name_of(str(path), int(side) if side else _kept_side(path, channels, fit), channels, fit)


def _kept_side(path: Path, channels: int, fit: str) -> int | None:
    """The size of the copy that was read without saying one; of older copies nobody knows, but all had 32 pixels."""
    chosen, old = [], []
    for name in kept.names():
        parts = NAME.fullmatch(name) if name.startswith("folder:") else None
        card = kept.find(name) if parts and Path(parts["path"]).name == path.name else None
        if card and (card.channels, card.fit) == (channels, fit) and _resolved(parts["path"]) == path:
            origin = kept.origin(name)
            chosen += [card.side] if origin.get("size_chosen") else []
            old += [card.side] if not origin and card.side == USUAL else []
    return next(iter([*chosen, *old]), None)


def _resolved(path: str) -> Path | None:
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _own(name: str) -> str:
    """canonical of something that is kept: where its name says no size, its card does."""
    parts, card = NAME.fullmatch(name), kept.find(name)
    if not parts or not card or parts["side"]:
        return canonical(name)
    path = _resolved(parts["path"])
    return name_of(str(path), card.side, card.channels, card.fit) if path else name


def kept_as(name: str) -> list[str]:
    """Names under which this folder at this size is kept: its own if it is there, then older spellings of it."""
    wanted = canonical(name)
    same = [other for other in kept.names() if other.startswith("folder:") and _own(other) == wanted]
    return sorted(same, key=lambda other: (other != name, other != wanted))


def asked(name: str) -> Asked:
    """The folder and size of a name; raises ValueError, one sentence, for a folder that may not be read."""
    parts = NAME.fullmatch(name)
    if not parts:
        raise ValueError("A folder is named folder:PATH, folder:PATH@64, folder:PATH@64grey or folder:PATH@64pad.")
    roots = places.roots()
    if not roots:
        raise ValueError("No folder may be read: name those that may in SSL_ROOTS and start again.")
    try:
        path = Path(parts["path"]).resolve()
        inside = any(path.is_relative_to(root) for root in roots)
        if inside and not path.is_dir() and not _is_archive(path):
            raise ValueError("There is no such folder under SSL_ROOTS: check its path.")
    except (OSError, RuntimeError) as wrong:
        raise ValueError(f"This folder cannot be read: {type(wrong).__name__}.") from None
    except ValueError as wrong:
        if "null byte" in str(wrong):
            raise ValueError("A folder's path has no NUL in it.") from None
        raise
    if not inside:
        raise ValueError("This folder may not be read: it lies outside those named in SSL_ROOTS.")
    side = int(parts["side"]) if parts["side"] else None
    if side is not None and side not in SIDES:
        raise ValueError(f"The size must be one of {', '.join(map(str, SIDES))} pixels, not {side}.")
    return Asked(path, side, 1 if parts["grey"] else 3, parts["fit"] or FITS[0])


def _is_archive(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in (".zip", ".gz", ".tgz", ".rar", ".7z", ".tar")


def prepare(name: str, *, flip: bool | None = None, progress: Progress = silent) -> Card:
    """Read a folder and keep it under its canonical name, instead of older ones; raises ValueError, one sentence.

    `flip` None: mirrored pictures keep their class, unless this folder was read before with another word.
    """
    path, side, channels, fit = asked(name)
    same = kept_as(name)
    try:
        listing = stamp(path)
        brought = _brought(path, side, channels, fit, progress, lambda size: room.check(size, same))
    except OSError as wrong:
        raise ValueError(f"A file of this folder cannot be read: {wrong.strerror or wrong}.") from None
    except TooMuch as wrong:
        raise ValueError(str(wrong)) from None
    size = brought.arrays.images.shape[2]
    chosen = side is None
    name = name_of(str(path), size if chosen or side is None else side, channels, fit)
    older = kept_as(name)
    before = next(filter(None, map(kept.find, older)), None)
    origins = [kept.origin(other) for other in older]
    chosen = chosen or any(told.get("size_chosen") or (not told and size == USUAL) for told in origins)
    total = len(brought.arrays.labels) + len(brought.arrays.test_labels)
    text = f"{total:,} pictures of {len(brought.classes)} classes from a folder of this machine."
    mirrored = flip if flip is not None else before.flip if before else True
    card = card_of(name, f"Folder {clean(path.name, 'of pictures')}", text, brought, flip=mirrored)
    card = kept.keep(
        card, brought.arrays, brought.origin | {"folder": str(path), "listing": listing, "size_chosen": chosen}
    )
    for other in older:
        if other != name:
            kept.forget(other)
    return card


def _brought(
    path: Path,
    side: int | None,
    channels: int,
    fit: str,
    progress: Progress,
    fits: Callable[[int], None],
) -> Brought:
    if path.is_dir() and sheets.meta(path):
        tiles = _tiles(path)
        fits(sum(array.nbytes for array in tiles.arrays))
        return tiles
    most = None if path.is_dir() else uploads.MOST_PIXELS  # a folder is its operator's choice, and may be large
    if path.is_dir():
        found, notes = [*files(path)], []
    elif path.stat().st_size > uploads.MOST_MEGABYTES * 2**20:
        raise ValueError(f"The zip has more than {uploads.MOST_MEGABYTES} MB: unpack it and name its folder.")
    else:
        found, notes = uploads.entries(read_named(path))
    brought = bring(
        found,
        side,
        channels,
        fit=fit,
        before=lambda prints: kept.tests_before(prints, str(path)),
        progress=progress,
        most_pixels=most,
        fits=fits,
    )
    return brought._replace(notes=[*brought.notes, *notes])


def stamp(path: Path) -> dict[str, Any]:
    """What tells that a folder is another than it was, without opening a file: names, sizes and times of all."""
    digest, count = hashlib.blake2b(digest_size=16), 0
    for name, found in _walk(path) if path.is_dir() else [(path.name, path)]:
        about = found.stat()
        digest.update(f"{name}\0{about.st_size}\0{about.st_mtime_ns}\n".encode(errors="surrogateescape"))
        count += name.lower().endswith(ENDINGS)
    return {"stamp": digest.hexdigest(), "pictures": count}


def changed(name: str) -> str:
    """One sentence if a folder is not as it was when it was read, else nothing."""
    spelled = kept_as(name) if name.startswith("folder:") else []
    listing = kept.origin(spelled[0]).get("listing") if spelled else None
    if not listing:
        return ""
    try:
        now = stamp(asked(spelled[0]).path)
    except (ValueError, OSError):  # it is gone, or may not be read any more: the copy serves
        return ""
    if now["stamp"] == listing["stamp"]:
        return ""
    return (
        f"The folder has changed since it was read: it had {listing['pictures']:,} pictures, now {now['pictures']:,}."
    )


def _walk(top: Path) -> Iterator[tuple[str, Path]]:
    """Files under a folder by their path in it, in order, links left out; raises ValueError for too many."""
    count = 0
    for folder, inner, names in os.walk(top, onerror=_raise, followlinks=False):
        inner.sort()
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                raise ValueError(f"There are more than {MOST_FILES:,} files: choose a smaller folder.")
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(top).as_posix(), path


def files(top: Path) -> Iterator[Entry]:
    """The files under a folder, each read when asked for."""
    return (Entry(name, _reader(path)) for name, path in _walk(top))


def _raise(wrong: OSError) -> None:
    raise wrong


def _reader(path: Path) -> Callable[[], bytes]:
    return lambda: read_named(path, MOST_BYTES + 1)


def _tiles(path: Path) -> Brought:
    about = sheets.meta(path) or {}
    parts = [array for split in ("train", "test") for array in sheets.read(path, split)]
    names = tuple(clean(str(name), f"class {n + 1}") for n, name in enumerate(about["classes"]))
    rows = tuple([f"{split} {row}" for row in range(len(parts[at]))] for split, at in (("train", 0), ("test", 2)))
    return Brought(names, Arrays(*parts), [], [], rows, ([], []), 0, drawn=False, fit=FITS[0])
