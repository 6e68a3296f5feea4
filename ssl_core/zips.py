"""Opening a stranger's zip: nothing is unpacked onto the disk, and every limit is checked before and while reading.

What a zip says about itself is checked first and believed never. Entries are read one by one, when asked for. Only
stored and deflated ones are: Python's readers of bzip2 and LZMA unpack a whole chunk at once, so that a zip of 6 kB
takes 6 GB of memory, whatever was asked for.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from ssl_core.letters import encoding_of

END = struct.Struct("<4s4H2LH")  # the end record: entries are its fourth number, the directory's bytes its fifth
LOCATOR = struct.Struct("<4sLQL")  # right before it, of a zip64: where the larger end record is
END64 = struct.Struct("<4sQ2H2L4Q")  # entries are its eighth number, the directory's bytes its ninth
FULL, FULL_LONG = 0xFFFF, 0xFFFFFFFF  # "see the larger record"
UTF8 = 0x800  # the flag of an entry whose name is UTF-8
UNICODE_PATH = 0x7075  # the extra field of Info-ZIP that holds the name as UTF-8
MOST_COMMENT = 65_535
PIECE = 2**20  # bytes that are unpacked at once
FEW_BYTES = 10_000  # a smaller zip is judged as if it had so many: a few equal bytes shrink a lot
JUNK_FOLDERS = {"__MACOSX", "@eaDir", ".ipynb_checkpoints"}
JUNK_FILES = {"thumbs.db", "desktop.ini"}
NOT_A_ZIP = "This is not a zip that can be read, or it is damaged: make it again."
LEADS_OUT = "The zip was refused: an entry points out of it ({}). Make it from one folder."
OTHERS = {  # how other archives begin
    b"\x1f\x8b": "tar.gz", b"Rar!": "RAR", b"7z\xbc\xaf": "7-Zip", b"\xfd7zXZ": "tar.xz", b"BZh": "tar.bz2",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}  # fmt: skip


class Limits(NamedTuple):
    """At most so many bytes of the zip, entries, bytes unpacked, times its size unpacked, and bytes of an entry."""

    packed: int
    entries: int
    unpacked: int
    ratio: int
    each: int


class Entry(NamedTuple):
    """A file of a zip. `read()` gives at most one byte more than `Limits.each`, which says that there is more.

    It raises ValueError, one sentence, for an entry that is damaged, and TooMuch when the zip has given all it may.
    """

    name: str
    read: Callable[[], bytes]


class Opened(NamedTuple):
    """The files of a zip in its order, those that only systems leave behind counted as junk, and its folders."""

    files: list[Entry]
    junk: int
    folders: list[str]


class TooMuch(RuntimeError):
    """More was read than a zip may hold, whatever it said about itself; the message is one sentence."""


def is_zip(content: bytes) -> bool:
    """Whether the content begins like a zip; names are not asked."""
    return content[:4] in (b"PK\3\4", b"PK\5\6")


def is_junk(path: str) -> bool:
    """Whether a system left a file behind, hidden from its people: __MACOSX, ._x, .DS_Store, Thumbs.db, @eaDir."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    hidden = any(part.startswith(".") or part in JUNK_FOLDERS for part in parts)
    return hidden or (bool(parts) and parts[-1].lower() in JUNK_FILES)


def other_archive(content: bytes) -> str:
    """What kind of archive that is no zip the content is, or ""."""
    tar = "tar" if content[257:262] == b"ustar" else ""
    return tar or next((name for start, name in OTHERS.items() if content.startswith(start)), "")


def open_zip(content: bytes, limits: Limits, *, junk: bool = False) -> Opened:
    """What is in a zip, to be read when asked for; raises ValueError, one sentence, for one that is refused.

    With `junk` what systems leave behind is among the files, for a reader who counts it.
    """
    if len(content) > limits.packed:
        raise ValueError(f"The zip has {_mb(len(content))} MB; at most {_mb(limits.packed)} MB are read.")
    if kind := other_archive(content):
        raise ValueError(f"This is a {kind} archive, which is not read: unpack it and make a zip of its folder.")
    _check_directory(content, limits)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception:  # a damaged table of contents raises nearly anything
        raise ValueError(NOT_A_ZIP) from None
    infos = archive.infolist()
    _check(infos, limits)
    if sum(info.compress_size for info in infos) > len(content):  # a bomb whose entries all unpack the same bytes
        raise ValueError(NOT_A_ZIP)
    names = _names(infos)
    if out := next(filter(_leads_out, names), None):
        raise ValueError(LEADS_OUT.format(_harmless(out)))
    files = [(name, info) for name, info in zip(names, infos, strict=True) if not info.is_dir()]
    wanted = [(name, info) for name, info in files if junk or not is_junk(name)]
    left = [limits.unpacked]
    return Opened(
        [Entry(name, _reader(archive, info, limits, left)) for name, info in wanted],
        len(files) - len(wanted),
        [name.rstrip("/") for name, info in zip(names, infos, strict=True) if info.is_dir()],
    )


def _harmless(name: str) -> str:
    """A stranger's path in a sentence: letters, digits and a few signs, at most 60."""
    return "".join(c if c.isalnum() or c in " .-/" else "_" for c in name)[:60]


def _mb(size: int) -> str:
    return f"{size / 2**20:,.0f}"


def _check_directory(content: bytes, limits: Limits) -> None:
    """Refuse a huge table of contents before Python makes an object of each of its lines."""
    at = content.rfind(b"PK\5\6", max(0, len(content) - END.size - MOST_COMMENT))
    if at < 0 or len(content) - at < END.size:
        raise ValueError(NOT_A_ZIP)
    entries, size = END.unpack_from(content, at)[4:6]
    if entries == FULL or size == FULL_LONG:
        entries, size = _larger(content, at)
    if entries > limits.entries or size > 400 * limits.entries:  # a line of it has 46 bytes and a name
        raise ValueError(f"The zip has more than {limits.entries:,} files: bring fewer.")


def _larger(content: bytes, at: int) -> tuple[int, int]:
    """Entries and bytes of the directory as the end record of a zip64 says; `at` is where the ordinary one begins."""
    try:
        mark, _, place, _ = LOCATOR.unpack_from(content, at - LOCATOR.size)
        told = END64.unpack_from(content, place)
    except struct.error:
        raise ValueError(NOT_A_ZIP) from None
    if mark != b"PK\6\7" or told[0] != b"PK\6\6":
        raise ValueError(NOT_A_ZIP)
    return told[7], told[8]


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The path of every entry, with / between folders: as it says, or what the bytes of all most likely mean."""
    raw = {n: info.orig_filename.partition("\0")[0].encode("cp437") for n, info in enumerate(infos) if not _says(info)}
    encoding = encoding_of(b"\n".join(raw.values()), "cp437")
    names = [
        raw[n].decode(encoding, errors="replace") if n in raw else _unicode_path(info) or info.filename
        for n, info in enumerate(infos)
    ]
    return [name.replace("\\", "/") for name in names]


def _says(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & UTF8 or _unicode_path(info))


def _unicode_path(info: zipfile.ZipInfo) -> str:
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == UNICODE_PATH and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", errors="replace")  # after a version and a checksum
        at += 4 + size
    return ""


def _check(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.entries:
        raise ValueError(f"The zip has more than {limits.entries:,} files: bring fewer.")
    for info in infos:
        if _leads_out(info.orig_filename):
            raise ValueError(LEADS_OUT.format(_harmless(info.orig_filename)))
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ValueError("The zip was refused: it holds a link or a device. Make it of plain files.")
        if info.flag_bits & 1:
            raise ValueError("The zip is protected by a password: make one without.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(
                "The zip is packed in a way that is not read, such as bzip2 or LZMA: make an ordinary zip."
            )
    unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if unpacked > limits.unpacked or unpacked > limits.ratio * max(packed, FEW_BYTES):
        raise ValueError(
            f"Unpacked the zip would have {_mb(unpacked)} MB, {unpacked / max(packed, 1):,.0f} times its size: at most "
            f"{_mb(limits.unpacked)} MB and {limits.ratio} times are read."
        )


def _leads_out(name: str) -> bool:
    """Whether a path would end outside of its folder on any system.

    `name` is what the zip says, before zipfile cuts it at a NUL or turns separators round.
    """
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or parts[0][1:2] == ":" or "\0" in name


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, left: list[int]) -> Callable[[], bytes]:
    too_much = f"The zip unpacks to more than {_mb(limits.unpacked)} MB: bring fewer or smaller pictures."

    def read() -> bytes:
        if left[0] < 0:
            raise TooMuch(too_much)
        content = io.BytesIO()  # one whole that grows: bytes that are added to bytes are two for a moment
        try:
            with archive.open(info) as file:
                while content.tell() <= limits.each and (
                    piece := file.read(min(PIECE, limits.each + 1 - content.tell()))
                ):
                    content.write(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
            raise ValueError("A file of this zip is damaged: make it again.") from None
        left[0] -= content.tell()
        if left[0] < 0:
            raise TooMuch(too_much)
        return content.getvalue()

    return read
