"""Pictures out of an uploaded zip, in memory: nothing is ever written, and every size is bounded while reading."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from typing import NamedTuple

from ssl_core.images import MOST_BYTES

MOST_ENTRIES = 1_000
MOST_PICTURES = 200
MOST_TOTAL = 64 * 2**20  # bytes of all pictures, unpacked
MOST_RATIO = 200  # unpacked to packed; a picture is packed already, so 2 is a lot
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class Opened(NamedTuple):
    """Name and content of every picture, and how many other entries were passed over."""

    pictures: list[tuple[str, bytes]]
    skipped: int


def is_zip(content: bytes) -> bool:
    """Whether the content begins like a zip; names are not asked."""
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def read_zip(content: bytes) -> Opened:
    """The pictures of a zip; raises ValueError, one sentence, for one that should not or cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive)
    except Refused as wrong:
        raise ValueError(str(wrong)) from None
    except DAMAGED:  # a damaged zip raises nearly anything
        raise ValueError("This zip is damaged and cannot be read: make it again.") from None


class Refused(Exception):
    """A zip that could perhaps be read, but will not be."""


def _read(archive: zipfile.ZipFile) -> Opened:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"The zip has {len(entries):,} entries; at most {MOST_ENTRIES:,} are read.")
    if any(_leaves(entry.filename) for entry in entries):
        raise Refused("The zip has entries whose path leads out of it, so it is not read: make it from one folder.")
    wanted = [entry for entry in entries if _is_picture(entry.filename)]
    if not wanted:
        raise Refused("The zip holds no picture: put PNG, JPEG, WebP, BMP or GIF files in it.")
    if len(wanted) > MOST_PICTURES:
        raise Refused(f"The zip holds {len(wanted):,} pictures; at most {MOST_PICTURES} are read at once.")
    if any(entry.flag_bits & 0x1 for entry in wanted):
        raise Refused("The zip is locked with a password: make it without one.")
    pictures, total = [], 0
    for entry in wanted:
        with archive.open(entry) as file:
            held = file.read(MOST_BYTES + 1)  # what the entry says of its own size is not believed
        total += len(held)
        if len(held) > MOST_BYTES or total > MOST_TOTAL or len(held) > MOST_RATIO * max(entry.compress_size, 1024):
            raise Refused(f"The zip unpacks to more than is read: at most {MOST_TOTAL // 2**20} MB of pictures.")
        pictures.append((entry.filename, held))
    return Opened(pictures, len(entries) - len(wanted))


def _leaves(name: str) -> bool:
    """Whether a path would end outside of the folder it is unpacked into, on any system."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def _is_picture(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return last.lower().endswith(ENDINGS) and not last.startswith(".") and not name.startswith("__MACOSX/")
