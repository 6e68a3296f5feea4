"""Zips and files that people upload as a data set. How a stranger's zip is opened stands in ssl_core/zips.py."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from typing import Any

from ssl_core.data import kept, room
from ssl_core.data.bring import Progress, bring, silent
from ssl_core.data.brought import card_of
from ssl_core.data.card import Card
from ssl_core.data.understand import MOST_PICTURES, clean
from ssl_core.images.formats import MOST_BYTES
from ssl_core.zips import Entry, Limits, TooMuch, is_junk, is_zip, open_zip, other_archive

MOST_MEGABYTES = 500  # of the archive
MOST_UNPACKED = 4 * 2**30
MOST_RATIO = 100  # pictures hardly shrink in a zip; a bomb does, a thousandfold
MOST_ENTRIES = 2 * MOST_PICTURES + 10_000  # a Mac packs a second, hidden file with every picture
MOST_PIXELS = (
    4 * 10**9
)  # of all pictures: 500 MB of a phone's photographs have 2, and a core reads 20 to 200 million a second
MOST_KEPT = 20
File = tuple[str, bytes]
_one_at_a_time = threading.Lock()


def add(content: bytes, title: str, **how: Any) -> Card:
    """Keep the pictures of a zip, as add_files does of several files."""
    return add_files([("pictures.zip", content)], title, zips=True, **how)


def add_files(
    files: Sequence[File],
    title: str,
    *,
    side: int | None = None,
    channels: int = 3,
    flip: bool = True,
    fit: str = "cut",
    progress: Progress = silent,
    zips: bool = False,
) -> Card:
    """Keep files, by name and content, as a data set `upload:ID`; or raise ValueError, one sentence, and keep nothing.

    They are pictures, tables of labels and zips; all are `zips` if it says so.
    `side` None chooses the size by the pictures; `fit` is one of images.FITS.
    """
    _check_count()
    try:
        pictures, notes = gathered(files, zips=zips)
        brought = bring(
            pictures,
            side,
            channels,
            fit=fit,
            before=kept.tests_before,
            progress=progress,
            most_pixels=MOST_PIXELS,
            fits=room.check,
        )
    except TooMuch as wrong:
        raise ValueError(str(wrong)) from None
    total = len(brought.arrays.labels) + len(brought.arrays.test_labels)
    text = f"{total:,} pictures of {len(brought.classes)} classes from an upload."
    brought = brought._replace(notes=[*brought.notes, *notes])
    made = card_of(f"upload:{secrets.token_hex(4)}", clean(title, "Uploaded pictures"), text, brought, flip=flip)
    with _one_at_a_time:  # of those who bring pictures at the same moment, the last may find no room any more
        _check_count()
        room.check(sum(array.nbytes for array in brought.arrays))
        return kept.keep(made, brought.arrays, brought.origin)


def _check_count() -> None:
    if len(uploads()) >= MOST_KEPT:
        raise ValueError(f"{MOST_KEPT} uploads are kept already: delete one first.")


def uploads() -> list[str]:
    """Names of kept uploads."""
    return [name for name in kept.names() if name.startswith("upload:")]


def gathered(files: Sequence[File], *, zips: bool = False) -> tuple[list[Entry], list[str]]:
    """Everything that files hold, zips opened, each read when asked for; and sentences about empty folders.

    Raises ValueError, one sentence, for too many bytes, a zip to be refused and other archives.
    """
    size = sum(len(content) for _, content in files)
    if size > MOST_MEGABYTES * 2**20:
        raise ValueError(
            f"The files have {size / 2**20:,.0f} MB together; at most {MOST_MEGABYTES} MB are read: bring fewer."
        )
    found: list[Entry] = []
    notes: list[str] = []
    for name, content in files:
        if zips or name.lower().endswith(".zip") or is_zip(content) or other_archive(content):
            inside, more = entries(content)
            home = "" if len(files) == 1 else clean(name.rpartition("/")[2].rpartition(".")[0], "zip") + "/"
            found += [entry._replace(name=home + entry.name) for entry in inside]
            notes += more
        else:
            parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
            found.append(Entry("/".join(parts), lambda content=content: content))
    return found, notes


def entries(content: bytes) -> tuple[list[Entry], list[str]]:
    """The files of a zip, each read when asked for, and a sentence about empty folders.

    Raises ValueError, one sentence, for a zip to be refused.
    """
    limits = Limits(MOST_MEGABYTES * 2**20, MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, MOST_BYTES)
    opened = open_zip(content, limits, junk=True)
    full = {part for entry in opened.files for part in entry.name.split("/")[:-1]}
    empty = sorted({folder.split("/")[-1] for folder in opened.folders if not is_junk(folder)} - full)
    notes = [f"Folders without a picture: {', '.join(clean(name, 'one') for name in empty[:5])}."] if empty else []
    return opened.files, notes
