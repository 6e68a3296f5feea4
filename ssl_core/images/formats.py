"""What is read at all: formats of pictures, how large one may be, how many together, and the sentence for all else."""

from __future__ import annotations

import threading
from functools import lru_cache

from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "HEIF")
ENDINGS = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic", ".heif")
MOST_BYTES = 40 * 2**20  # a phone's 50 megapixels have 24 MB
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "HEIF": 64_000_000}  # a phone's; a JPEG is decoded small
MOST_PIXELS_ELSE = 16_000_000  # 64 MB as RGBA; a progressive JPEG has 6 bytes a pixel, a WebP 16
SMALLEST_SIDE = 8
SHORTEST = 12  # bytes; no picture has fewer
KINDS = "PNG, JPEG, WebP, BMP, GIF, TIFF, AVIF or HEIC"
USE = f"Use a {KINDS} picture."


class Refused(Exception):
    """A picture that could perhaps be read, but will not be."""


class TooManyPixels(RuntimeError):
    """More pixels than are read at once, over many pictures; the message is one sentence."""


class Pixels:
    """How many pixels many pictures may have together; pictures take theirs before they are decoded."""

    def __init__(self, most: int) -> None:
        self.most, self._left, self._lock = most, most, threading.Lock()

    def take(self, count: int) -> None:
        """Some more; raises TooManyPixels where they are not left, and then takes none."""
        with self._lock:
            if count > self._left:
                raise TooManyPixels(too_many_pixels(self.most))
            self._left -= count


def too_many_pixels(most: int) -> str:
    """What is said where pictures have more pixels than `most` together."""
    return (
        f"The pictures have more than {most / 10**6:,.0f} million pixels together: bring fewer, or make them smaller "
        "first."
    )


@lru_cache(maxsize=1)
def know_heif() -> None:
    """Let Pillow read HEIC, the format of iPhones; not where its package is missing."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return
    register_heif_opener()


def known() -> list[str]:
    """Those of FORMATS that this Pillow can open by now: it fails on a name that it does not know."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def check_size(size: tuple[int, int], most: int) -> None:
    """Raise Refused, one sentence, for more pixels than `most`, or a side that is too short."""
    width, height = size
    if width * height > most:
        raise Refused(
            f"The picture has {width:,} × {height:,} pixels; at most {most // 10**6} million are read. "
            "Make it smaller first."
        )
    if min(width, height) < SMALLEST_SIDE:
        raise Refused(f"The picture has {width:,} × {height:,} pixels; each side needs at least {SMALLEST_SIDE}.")


def unreadable(content: bytes, wrong: Exception) -> str:
    """The sentence about a file that no decoder knows, or that claims too much."""
    if isinstance(wrong, Image.DecompressionBombError):
        return "The picture declares more pixels than are read. Make it smaller first."
    if content[4:8] == b"ftyp":
        return "This HEIC or AVIF picture cannot be read here: save it as JPEG or PNG first."
    return "This file is not a picture the app reads. " + USE
