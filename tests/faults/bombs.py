"""Files that are small and cost much: made here, for tests that look at what a server gives for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import numpy as np
from PIL import Image

from tests.test_containers import BOMBS

MB = 2**20
PACKED = {"bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def picture(kind: str, mode: str = "RGB", side: int = 4_000, **how) -> bytes:
    """A square picture of this mode, of 16 megapixels if nobody says otherwise."""
    file = io.BytesIO()
    Image.new(mode, (side, side)).save(file, kind, **how)
    return file.getvalue()


def deep() -> bytes:
    """A 12-bit grey picture of 16 megapixels."""
    file = io.BytesIO()
    Image.fromarray(np.full((4_000, 4_000), 4_000, np.uint16)).save(file, "PNG")
    return file.getvalue()


def lies(size: int, said: int) -> bytes:
    """A zip whose entries say another size than they have."""
    content = zipped({f"{kind}/{n}.png": bytes(size) for kind in ("cat", "dog") for n in range(4)})
    return content.replace(size.to_bytes(4, "little"), said.to_bytes(4, "little"))


def nested(depth: int, wide: int = 8) -> bytes:
    """Zips in zips in zips, with as many megabytes at the end of each way."""
    inside = bytes(8 * MB) if not depth else nested(depth - 1, wide)
    ending = "zip" if depth else "png"
    return zipped({f"{'cat' if n % 2 else 'dog'}/{n}.{ending}": inside for n in range(wide)})


def overlapping(entries: int = 2_000) -> bytes:
    """A zip whose entries all unpack the same bytes (Fifield 2019, "A better zip bomb")."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat/0.png", np.random.RandomState(0).bytes(20_000) + bytes(MB))
        first = archive.filelist[0]
        for n in range(1, entries):
            info = zipfile.ZipInfo(f"{'cat' if n % 2 else 'dog'}/{n}.png")
            for key in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(info, key, getattr(first, key))
            archive.filelist.append(info)
    return file.getvalue()


def hollow(entries: int = 12, size: int = 38 * MB) -> bytes:
    """Entries that are no pictures and shrink a little less than what is refused for shrinking."""
    noise = np.random.RandomState(0).bytes(size // 90)
    return zipped({f"{'cat' if n % 2 else 'dog'}/{n}.png": noise + bytes(size - len(noise)) for n in range(entries)})


def tables() -> bytes:
    """Many large tables of labels beside two pictures."""
    row = "".join(f'"{n % 89}\n",' for n in range(5_000))
    table = ("file,label\n" + row * 90 + "".join(f"{n}.png,cat\n" for n in range(9_000))).encode()
    noise = np.random.RandomState(0).bytes(2 * MB)
    small = zipped({"a": b""})
    return zipped({f"{n}.csv": table for n in range(30)} | {"cat/a.png": noise, "dog/b.png": small})


def paths() -> bytes:
    """Paths of thousands of folders called train and test."""
    return zipped({f"{n}/" + "train/test/" * 2_900 + f"{n}.png": b"x" * 40_000 for n in range(12)})


ARCHIVES: dict[str, Callable[[], bytes]] = {
    **{
        f"{name}.zip": lambda method=method: zipped({"a.png": bytes(96 * MB)}, method)
        for name, method in PACKED.items()
    },
    **{
        f"{name}-lies.zip": lambda method=method: zipped({"a.png": bytes(96 * MB)}, method).replace(
            (96 * MB).to_bytes(4, "little"), (64).to_bytes(4, "little")
        )
        for name, method in PACKED.items()
    },
    "deflated.zip": lambda: zipped({"a.png": bytes(96 * MB)}),
    "says-less.zip": lambda: lies(20 * MB, 900),
    "says-more.zip": lambda: lies(900, 20 * MB),
    "nested.zip": lambda: nested(2),
    "overlapping.zip": overlapping,
    "hollow.zip": hollow,
    "tables.zip": tables,
    "paths.zip": paths,
    "one-bit.zip": lambda: zipped({f"{'cat' if n % 2 else 'dog'}/{n}.png": ONE_BIT for n in range(2_000)}),
}
ONE_BIT = picture("PNG", "1")
SLOW: dict[str, Callable[[], bytes]] = {
    f"{name.replace(' ', '-')}.{name.split()[0].lower()}": lambda content=content: content
    for name, content in BOMBS.items()
}
LARGEST: dict[str, Callable[[], bytes]] = {  # ordinary, and as large as is read
    "one-bit.png": lambda: ONE_BIT,
    "palette.png": lambda: picture("PNG", "P"),
    "colour.png": lambda: picture("PNG"),
    "clear.png": lambda: picture("PNG", "RGBA"),
    "deep.png": deep,
    "grey.gif": lambda: picture("GIF", "L"),
    "photo.jpg": lambda: picture("JPEG", side=8_000),
    "progressive.jpg": lambda: picture("JPEG", progressive=True, subsampling=0),
    "colour.webp": lambda: picture("WEBP", quality=50),
    "colour.avif": lambda: picture("AVIF", quality=30, speed=10),
    "colour.tiff": lambda: picture("TIFF", compression="tiff_lzw"),
}
