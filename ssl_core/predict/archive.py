"""Pictures out of an uploaded zip, in memory. How a stranger's zip is opened stands in ssl_core/zips.py."""

from __future__ import annotations

from typing import NamedTuple

from ssl_core.images import ENDINGS, KINDS, MOST_BYTES
from ssl_core.zips import Limits, TooMuch, open_zip

MOST_PICTURES = 200
MOST_TOTAL = 64 * 2**20  # bytes of all pictures, unpacked
LIMITS = Limits(packed=MOST_TOTAL, entries=1_000, unpacked=MOST_TOTAL, ratio=200, each=MOST_BYTES)


class Pictures(NamedTuple):
    """Name and content of every picture, and how many other entries were passed over."""

    pictures: list[tuple[str, bytes]]
    skipped: int


def read_zip(content: bytes) -> Pictures:
    """The pictures of a zip; raises ValueError, one sentence, for one that should not or cannot be read."""
    opened = open_zip(content, LIMITS)
    wanted = [entry for entry in opened.files if entry.name.lower().endswith(ENDINGS)]
    if not wanted:
        raise ValueError(f"The zip holds no picture: put {KINDS} files in it.")
    if len(wanted) > MOST_PICTURES:
        raise ValueError(f"The zip holds {len(wanted):,} pictures; at most {MOST_PICTURES} are read at once.")
    try:
        pictures = [(entry.name, entry.read()) for entry in wanted]
    except TooMuch as wrong:
        raise ValueError(str(wrong)) from None
    return Pictures(pictures, len(opened.files) - len(wanted) + opened.junk)
