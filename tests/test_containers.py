"""Files that cost far more than their size are one sentence before they are decoded; ordinary ones are never refused."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssl_core.containers import COSTLY, canvas, held_whole
from ssl_core.images.reading import read_picture, read_square, size_of
from tests.test_images import as_file, chunk

HOUSE = Path(__file__).resolve().parent.parent
NOISE = Image.fromarray(np.random.RandomState(0).randint(0, 256, (40, 40, 3)).astype(np.uint8))


def segment(data: bytes, marker: bytes = b"\xff\xe1") -> bytes:
    return marker + struct.pack(">H", len(data) + 2) + data


def scans() -> bytes:
    """A progressive JPEG whose last scan comes 500 times."""
    content = as_file(Image.new("RGB", (400, 400)), "JPEG", progressive=True, subsampling=0)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * 500 + b"\xff\xd9"


def jpeg(parts: bytes) -> bytes:
    content = as_file(NOISE, "JPEG")
    return content[:2] + parts + content[2:]


def png(parts: bytes, before: bytes) -> bytes:
    content = as_file(NOISE, "PNG")
    at = content.index(before) - 4
    return content[:at] + parts + content[at:]


def gif(parts: bytes) -> bytes:
    content = as_file(NOISE.quantize(), "GIF")
    return content[: 13 + 768] + parts + content[13 + 768 :]


def tile(side: int, order: str = "<", big: bool = False) -> bytes:
    """A TIFF of 16 × 16 grey pixels in one tile of `side` pixels a side, which shrinks to nothing."""
    data = zlib.compress(bytes(side * side), 9)
    start = 16 if big else 8
    tags = [(256, 16), (257, 16), (258, 8), (259, 8), (262, 1), (277, 1), (322, side), (323, side), (324, start),
            (325, len(data))]  # fmt: skip
    wide = "Q" if big else "L"
    lines = b"".join(struct.pack(f"{order}HH{wide}{wide}", tag, 16 if big else 4, 1, value) for tag, value in tags)
    count = struct.pack(order + ("Q" if big else "H"), len(tags))
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(order + ("HHHQ" if big else "HL"), *((43, 8, 0) if big else (42,)), start + len(data))
    return mark + head + data + count + lines + bytes(8)


def runs() -> bytes:
    """A BMP that says it is packed in runs, and millions of them that are empty."""
    content = bytearray(as_file(NOISE.quantize(), "BMP"))
    struct.pack_into("<I", content, 30, 1)
    return bytes(content[: struct.unpack_from("<I", content, 10)[0]]) + bytes(2_000_000)


BOMBS = {
    "JPEG of many scans": scans(),
    "JPEG of many EXIF blocks": jpeg(segment(b"Exif\0\0" + bytes(60_000)) + segment(b"Exif\0\0") * 100_000),
    "JPEG of many comments": jpeg(b"\xff\xfe\0\2" * 100_000),
    "JPEG of fill bytes": jpeg(b"\xff" * 100_000),
    "JPEG of bytes between segments": jpeg(bytes(100_000)),
    "PNG of many chunks": png(chunk(b"teSt", b"") * 100_000, b"IDAT"),
    "PNG of many empty pieces": png(chunk(b"IDAT", b"") * 100_000, b"IEND"),
    "GIF of a long comment": gif(b"\x21\xfe" + (b"\xff" + b"x" * 255) * 30_000 + b"\0"),
    "GIF of many comments": gif(b"\x21\xfe\0" * 100_000),
    "GIF of bytes between blocks": gif(bytes(100_000)),
    "TIFF of one huge tile": tile(8_000),
    "big-endian TIFF of one huge tile": tile(8_000, ">"),
    "BigTIFF of one huge tile": tile(8_000, "<", big=True),
    "BMP packed in runs": runs(),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_costly_file_is_one_sentence_whoever_reads_it(name):
    for read in (read_picture, size_of, lambda content: read_square(content, 32)):
        with pytest.raises(ValueError, match="takes far longer to read") as wrong:
            read(BOMBS[name])
        assert str(wrong.value) == COSTLY


def many_animations() -> bytes:
    frames = [NOISE.rotate(n) for n in range(60)]
    return as_file(frames[0], "GIF", save_all=True, append_images=frames[1:])


ORDINARY = {
    "JPEG": as_file(NOISE, "JPEG"),
    "progressive": as_file(NOISE, "JPEG", progressive=True),
    "JPEG with EXIF, profile and comment": as_file(
        NOISE, "JPEG", exif=bytes(6) + b"x" * 60_000, icc_profile=bytes(3_000_000), comment=b"x" * 60_000
    ),
    "grey JPEG": as_file(NOISE.convert("L"), "JPEG"),
    "CMYK": as_file(NOISE.convert("CMYK"), "JPEG"),
    "PNG": as_file(NOISE, "PNG"),
    "animated GIF": many_animations(),
    "GIF with a comment": as_file(NOISE.quantize(), "GIF", comment=b"x" * 100_000),
    "TIFF": as_file(NOISE, "TIFF"),
    "TIFF in tiles": tile(64),
    "BMP": as_file(NOISE, "BMP"),
    "WebP": as_file(NOISE, "WEBP"),
    "AVIF": as_file(NOISE, "AVIF"),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_file_is_read(name):
    assert min(read_picture(ORDINARY[name]).shape[:2]) >= 16
    assert size_of(ORDINARY[name]) in ((40, 40), (16, 16))


def test_only_jpegs_of_several_scans_are_held_whole():
    assert [name for name, content in ORDINARY.items() if held_whole(content)] == ["progressive"]
    content = bytearray(as_file(NOISE, "JPEG"))
    at = content.index(b"\xff\xda")
    content[at + 4] = 1  # its first scan is of one channel: others follow
    assert held_whole(bytes(content))


@pytest.mark.parametrize("side", [(40, 30), (500, 9)])
@pytest.mark.parametrize("how", [{}, {"lossless": True}, {"exact": True, "exif": b"Exif\0\0"}])
def test_a_webp_says_its_size_before_it_is_opened(side, how):
    assert canvas(as_file(NOISE.resize(side), "WEBP", **how)) == side
    assert canvas(as_file(NOISE, "PNG")) is None


def test_a_webp_whose_canvas_is_too_large_takes_no_memory():
    content = bytearray(as_file(NOISE, "WEBP", lossless=True))
    content[21:25] = (16_382 | 2_900 << 14).to_bytes(4, "little")
    with pytest.raises(ValueError, match="16,383 × 2,901 pixels"):
        read_picture(bytes(content))


def test_a_progressive_jpeg_may_have_fewer_pixels_than_others():
    large = Image.new("RGB", (5_000, 4_000))
    assert read_picture(as_file(large, "JPEG")).shape == (819, 1024, 3)
    with pytest.raises(ValueError, match="at most 16 million"):
        read_picture(as_file(large, "JPEG", progressive=True))


@pytest.mark.parametrize(
    "start", [b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"BM", b"RIFF"]
)
def test_no_damaged_file_is_a_traceback(start):
    random = np.random.RandomState(0)
    whole = {b"\xff\xd8": "JPEG", b"GIF89a": "GIF", b"BM": "BMP", b"RIFF": "WEBP", b"II*\0": "TIFF"}
    base = as_file(NOISE, whole.get(start, "PNG"))
    for _ in range(300):
        content = bytearray(base[: random.randint(len(start), len(base))])
        for at in random.randint(0, len(content), 20):
            content[at] = random.randint(0, 256)
        content[: len(start)] = start
        try:
            held_whole(bytes(content))
            canvas(bytes(content))
        except ValueError as wrong:
            assert str(wrong) == COSTLY


def test_one_large_picture_is_decoded_at_a_time():
    """Eight threads that each decode 16 megapixels hold the memory of one, not of eight."""
    code = (
        "import io; from concurrent.futures import ThreadPoolExecutor; from PIL import Image\n"
        "from ssl_core.images.reading import read_square, quietly\n"
        "file = io.BytesIO(); Image.new('RGBA', (4000, 4000), (9, 9, 9, 200)).save(file, 'PNG')\n"
        "del Image\n"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) / 1024\n"
        "with quietly(): read_square(file.getvalue(), 64)\n"
        "before = peak()\n"
        "with quietly(), ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(lambda _: read_square(file.getvalue(), 64), range(8)))\n"
        "print(peak() - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 60
