"""A zip of class folders as a data set. How a stranger's zip is opened stands in ssl_core/zips.py."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable

from ssl_core.data import kept, places
from ssl_core.data.brought import Found, card_of, clean, found, gather
from ssl_core.data.card import Card
from ssl_core.images import MOST_BYTES
from ssl_core.zips import Limits, TooMuch, is_junk, open_zip

MOST_MEGABYTES = 100  # of the archive
MOST_UNPACKED = 500 * 2**20
MOST_RATIO = 100  # pictures hardly shrink in a zip; a bomb does, a thousandfold
MOST_ENTRIES = 20_000
MOST_KEPT = 20
FREE_BYTES = 200 * 2**20


def add(
    content: bytes, title: str, *, side: int, channels: int, flip: bool, progress: Callable[[int], None] | None = None
) -> Card:
    """Keep the pictures of a zip as a data set `upload:ID`; raises ValueError, one sentence, and then keeps nothing."""
    if len(uploads()) >= MOST_KEPT:
        raise ValueError(f"{MOST_KEPT} uploads are kept already: delete one first.")
    try:
        pictures, notes = entries(content)
        brought = gather(pictures, side, channels, progress=progress or (lambda done: None))
    except TooMuch as wrong:
        raise ValueError(str(wrong)) from None
    places.kept().mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(places.kept()).free < FREE_BYTES + sum(array.nbytes for array in brought.arrays):
        raise ValueError("The disk is nearly full: make room and upload again.")
    total = len(brought.arrays.labels) + len(brought.arrays.test_labels)
    text = f"{total:,} pictures of {len(brought.classes)} classes from an uploaded zip."
    brought = brought._replace(notes=[*brought.notes, *notes])
    made = card_of(f"upload:{secrets.token_hex(4)}", clean(title, "Uploaded pictures"), text, brought, flip=flip)
    return kept.keep(made, brought.arrays)


def uploads() -> list[str]:
    """Names of kept uploads."""
    return [name for name in kept.names() if name.startswith("upload:")]


def entries(content: bytes) -> tuple[list[Found], list[str]]:
    """The pictures of a zip, each read when asked for, and what was left out, in sentences.

    Raises ValueError, one sentence, for a zip to be refused.
    """
    limits = Limits(MOST_MEGABYTES * 2**20, MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, MOST_BYTES)
    opened = open_zip(content, limits)
    pictures = [one for entry in opened.files if (one := found(entry.name, entry.read))]
    full = {part for entry in opened.files for part in entry.name.split("/")[:-1]}
    empty = sorted({folder.split("/")[-1] for folder in opened.folders if not is_junk(folder)} - full)
    others = len(opened.files) - len(pictures) + opened.junk
    notes = [f"Folders without a picture: {', '.join(clean(name, 'one') for name in empty[:5])}."] if empty else []
    return pictures, [*notes, *([f"Files that are no pictures of a class: {others}."] if others else [])]
