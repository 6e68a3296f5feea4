"""Pictures of an uploaded zip, each read when asked for. How a stranger's zip is opened stands in ssl_core/zips.py."""

from __future__ import annotations

from typing import NamedTuple

from ssl_core.images.formats import ENDINGS, KINDS, MOST_BYTES
from ssl_core.zips import Entry, Limits, open_zip

MOST_PICTURES = 200
MOST_TOTAL = 64 * 2**20  # bytes of all pictures, unpacked
LIMITS = Limits(packed=MOST_TOTAL, entries=1_000, unpacked=MOST_TOTAL, ratio=200, each=MOST_BYTES)


class Pictures(NamedTuple):
    """The pictures of a zip, and how many other entries were passed over."""

    pictures: list[Entry]
    skipped: int


def open_pictures(content: bytes) -> Pictures:
    """The pictures of a zip; raises ValueError, one sentence, for one that should not or cannot be opened."""
    opened = open_zip(content, LIMITS)
    wanted = [entry for entry in opened.files if entry.name.lower().endswith(ENDINGS)]
    if not wanted:
        raise ValueError(f"The zip holds no picture: put {KINDS} files in it.")
    if len(wanted) > MOST_PICTURES:
        raise ValueError(f"The zip holds {len(wanted):,} pictures; at most {MOST_PICTURES} are read at once.")
    return Pictures(wanted, len(opened.files) - len(wanted) + opened.junk)
