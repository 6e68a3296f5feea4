"""A zip of class folders as a data set. Nothing is unpacked onto the disk; every limit is checked before reading.

Limits are of bytes that are really read: what a zip says about itself is checked first and believed never.
"""

from __future__ import annotations

import io
import secrets
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from ssl_core.data import kept, places
from ssl_core.data.brought import Found, card_of, clean, found, gather
from ssl_core.data.card import Card
from ssl_core.images import MOST_BYTES

MOST_MEGABYTES = 100  # of the archive
MOST_UNPACKED = 500 * 2**20
MOST_RATIO = 100  # pictures hardly shrink in a zip; a bomb does, a thousandfold
MOST_ENTRIES = 20_000
MOST_DIRECTORY = 8 * 2**20  # bytes of the table of contents
MOST_KEPT = 20
FREE_BYTES = 200 * 2**20
HOW = "Make a zip with one folder per class, each with its pictures."


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
    if len(content) > MOST_MEGABYTES * 2**20:
        raise ValueError(f"The zip has {len(content) / 2**20:.0f} MB; at most {MOST_MEGABYTES} MB are read.")
    _check_directory(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, struct.error):
        raise ValueError(f"This file is not a zip that can be read. {HOW}") from None
    _check(archive.infolist())
    left = [MOST_UNPACKED]
    files = [info.filename for info in archive.infolist() if not info.is_dir()]
    some = [found(info.filename, _reader(archive, info, left)) for info in archive.infolist() if not info.is_dir()]
    pictures = [one for one in some if one]
    full = {part for file in files for part in file.split("/")[:-1]}
    empty = {info.filename.rstrip("/").split("/")[-1] for info in archive.infolist() if info.is_dir()} - full
    notes = (
        [f"Folders without a picture: {', '.join(clean(name, 'one') for name in sorted(empty)[:5])}."] if empty else []
    )
    others = len(files) - len(pictures)
    return pictures, [*notes, *([f"Files that are no pictures of a class: {others}."] if others else [])]


def _check_directory(content: bytes) -> None:
    """Refuse a huge table of contents before Python makes an object of each of its lines."""
    tail = content[-(22 + 65_535) :]  # the end record: 22 bytes and a comment
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < 22:
        raise ValueError(f"This file is not a zip that can be read. {HOW}")
    number, size = struct.unpack_from("<HL", tail, at + 10)
    if number > MOST_ENTRIES or size > MOST_DIRECTORY:
        raise ValueError(f"The zip has more than {MOST_ENTRIES:,} files: bring fewer.")


def _check(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_ENTRIES:
        raise ValueError(f"The zip has more than {MOST_ENTRIES:,} files: bring fewer.")
    for info in infos:
        # orig_filename: what the zip says, before zipfile cuts it at a NUL or turns separators round
        parts = info.orig_filename.replace("\\", "/").split("/")
        drive = len(parts[0]) == 2 and parts[0].endswith(":")
        if ".." in parts or drive or info.orig_filename[:1] in ("/", "\\") or "\0" in info.orig_filename:
            raise ValueError(f"The zip was refused: an entry points out of it ({clean(parts[-1], 'no name')}). {HOW}")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ValueError(f"The zip was refused: it holds a link or a device. {HOW}")
        if info.flag_bits & 1:
            raise ValueError("The zip is protected by a password: make one without.")
    unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 10_000):
        raise ValueError(
            f"Unpacked the zip would have {unpacked / 2**20:,.0f} MB, {unpacked / max(packed, 1):,.0f} times its size: "
            f"at most {MOST_UNPACKED // 2**20} MB and {MOST_RATIO} times are read."
        )


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: list[int]) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(info) as file:
                content = file.read(MOST_BYTES + 1)  # read_picture refuses what is longer than MOST_BYTES
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as wrong:
            raise ValueError(str(wrong)) from None
        left[0] -= len(content)
        if left[0] < 0:
            raise TooMuch(f"The zip unpacks to more than {MOST_UNPACKED // 2**20} MB: bring fewer or smaller pictures.")
        return content

    return read


class TooMuch(RuntimeError):
    """More was read than a zip may hold, whatever it said about itself."""
