"""The parts a picture file is made of, counted before a decoder meets them: some files cost far more than their size.

A JPEG of 250 kB can hold 2,000 scans of 16 megapixels, a minute of a core; a PNG millions of empty chunks; a TIFF of
16 × 16 pixels one tile of 400 MB; a WebP's canvas is taken when it is opened. Nothing is decoded here.
"""

from __future__ import annotations

import struct

MOST_PARTS = 20_000  # segments, chunks or blocks; 40 MB in pieces of 2 kB, and no writer makes them smaller
MOST_SCANS = 100  # of a JPEG; libjpeg writes ten, and each is a walk over all pixels
MOST_TILE = 2**22  # pixels of a TIFF's tile; usual ones have 2**16
MOST_TAGS = 1_000  # of a TIFF
COSTLY = "The picture is packed in a way that takes far longer to read than pictures do: save it anew as PNG or JPEG."
SOF = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG: the marker of a frame's header
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
ALONE = {0x01, *range(0xD0, 0xDA)}  # markers without a length


def held_whole(content: bytes) -> bool:
    """Whether this is a JPEG whose coefficients must all be in memory at once, 2 bytes a pixel and channel.

    Raises ValueError, one sentence, for a picture file of any kind that costs far more than its size says.
    """
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    if content.startswith(b"\x89PNG"):
        _png(content)
    elif content.startswith(b"GIF8"):
        _gif(content)
    elif content[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        _tiff(content)
    elif content.startswith(b"BM") and _number(content, 30, 4, "little") in (1, 2):
        raise ValueError(COSTLY)  # packed in runs: read byte by byte in Python
    return False


def canvas(content: bytes) -> tuple[int, int] | None:
    """Width and height that a WebP declares, None for anything else."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return _number(content, 24, 3, "little") + 1, _number(content, 27, 3, "little") + 1
    if kind == b"VP8L":
        bits = _number(content, 21, 4, "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _number(content, 26, 2, "little") & 0x3FFF, _number(content, 28, 2, "little") & 0x3FFF


def _number(content: bytes, at: int, size: int, order: str = "big") -> int:
    return int.from_bytes(content[at : at + size], order)


def _jpeg(content: bytes) -> bool:
    at, parts, frame, channels = 2, 0, 0, 0
    while (start := content.find(b"\xff", at)) >= 0 and start + 1 < len(content):
        parts += 1 + start - at  # what lies between segments is read byte by byte
        if parts > MOST_PARTS:
            raise ValueError(COSTLY)
        marker = content[start + 1]
        if marker == 0xDA:
            break
        if marker in SOF:
            frame, channels = marker, _number(content, start + 9, 1)
        length = -1 if marker in (0x00, 0xFF) else 0 if marker in ALONE else _number(content, start + 2, 2)
        at = start + 2 + length
    else:
        return False  # no scan: a decoder will say so
    if content.count(b"\xff\xda", start) > MOST_SCANS:
        raise ValueError(COSTLY)
    return frame in PROGRESSIVE or _number(content, start + 4, 1) < channels


def _png(content: bytes) -> None:
    at = 8
    for _ in range(MOST_PARTS):
        if at + 8 > len(content) or content[at + 4 : at + 8] == b"IEND":
            return
        at += 12 + _number(content, at, 4)
    raise ValueError(COSTLY)


def _gif(content: bytes) -> None:
    """What stands before the first picture; what stands after it is not read."""
    at = 13 + (3 << (content[10] & 7) + 1 if len(content) > 10 and content[10] & 128 else 0)
    block = False
    for _ in range(MOST_PARTS):
        if block:
            size = _number(content, at, 1)
            at, block = at + 1 + size, size > 0
        elif content[at : at + 1] in (b",", b";", b""):
            return
        elif content[at : at + 1] == b"!":
            at, block = at + 2, True
        else:
            at += 1
    raise ValueError(COSTLY)


def _tiff(content: bytes) -> None:
    order, big = ("<" if content[:1] == b"I" else ">"), content[2:4] in (b"+\0", b"\0+")
    line = struct.Struct(order + ("HHQ8s" if big else "HHL4s"))
    try:
        (at,) = struct.unpack_from(order + ("Q" if big else "L"), content, 8 if big else 4)
        (count,) = struct.unpack_from(order + ("Q" if big else "H"), content, at)
        if count > MOST_TAGS:
            raise ValueError(COSTLY)
        tags = [line.unpack_from(content, at + (8 if big else 2) + n * line.size) for n in range(count)]
    except (struct.error, OverflowError):
        return  # a decoder will say so
    sides = {tag: _first(kind, value, order) for tag, kind, _, value in tags if tag in (322, 323)}
    if sides.get(322, 0) * sides.get(323, 0) > MOST_TILE:
        raise ValueError(COSTLY)


def _first(kind: int, value: bytes, order: str) -> int:
    """The number that a TIFF's line holds itself: of two, four or eight bytes, else one."""
    size = {3: 2, 8: 2, 4: 4, 9: 4, 16: 8, 17: 8}.get(kind, 1)
    return int.from_bytes(value[:size], "little" if order == "<" else "big")
