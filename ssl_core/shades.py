"""A decoded picture as 8 bits of red, green and blue on white, whatever it was; a large one a band at a time.

Cameras of 10 to 14 bits write their numbers into 16 without raising them, so white is guessed from the brightest.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import numpy as np
from PIL import Image

BAND = 2**20  # pixels that are turned into colours at once
DEPTHS = (8, 10, 12, 14, 16)  # bits of a level; what a camera of 12 writes is kept in 16
NO_LEVELS = "The picture holds numbers that are no levels of grey."
DARK = 64  # high bytes of 16 bits below this: the picture uses 14 bits or fewer
LOWER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}  # read in this order, the low byte comes


class NoLevels(ValueError):
    """Numbers that are no levels of grey."""


def as_colours(image: Image.Image, factor: int, low: Image.Image | None) -> Image.Image:
    """The picture as RGB on white, each side divided by `factor`; `low` as `low_bytes` gives it.

    Raises NoLevels for numbers that are none.
    """
    if image.mode == "RGB" and "transparency" not in image.info and low is None:
        return image.reduce(factor) if factor > 1 else image
    whites = _whites(image, low)
    size = -(-image.width // factor), -(-image.height // factor)
    small = Image.new("RGB", size)
    for top, box in _bands(image, factor):
        band = _levelled(image.crop(box), low.crop(box) if low else None, whites)
        small.paste(_on_white(band).reduce(factor), (0, top // factor))
    return small


def deep_mode(image: Image.Image) -> str:
    """How a picture of 16 bits a colour, that is not loaded yet, would have to be read for its lower bytes; else ""."""
    args = image.tile[0].args if len(image.tile) == 1 else ()
    raw = args if isinstance(args, str) else args[0] if args and isinstance(args[0], str) else ""
    mode, _, order = raw.partition(";16")
    return f"{mode};16{LOWER[order]}" if mode in ("RGB", "RGBA") and order in LOWER else ""


def low_bytes(content: bytes, image: Image.Image, mode: str) -> Image.Image | None:
    """The lower 8 of the 16 bits of a dark picture, None for any other; `image` has the upper ones.

    `mode` is what deep_mode said of it before it was loaded.
    Pillow keeps the upper byte alone. Read as if its bytes stood in the other order, it keeps the lower one.
    """
    if not mode or max(high for _, high in image.getextrema()[:3]) >= DARK:
        return None
    again = Image.open(io.BytesIO(content), formats=[image.format])
    args = again.tile[0].args
    again.tile = [again.tile[0]._replace(args=mode if isinstance(args, str) else (mode, *args[1:]))]
    again.load()
    return again


def _bands(image: Image.Image, factor: int) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    rows = max(1, BAND // (image.width * factor)) * factor
    for top in range(0, image.height, rows):
        yield top, (0, top, image.width, min(top + rows, image.height))


def _whites(image: Image.Image, low: Image.Image | None) -> tuple[float, float]:
    """The numbers that mean white and opaque; (0, 0) where pixels are 8 bits as they are."""
    if low:
        tops = [_deep(image.crop(box), low.crop(box)).max(axis=(0, 1)) for _, box in _bands(image, 1)]
        most = np.max(tops, axis=0)
        return _white(most[:3].max()), _white(most[3] if len(most) > 3 else 0)
    if image.mode.startswith("I") or image.mode == "F":  # convert() would cut at 255
        tops = [np.asarray(image.crop(box)).max() for _, box in _bands(image, 1)]  # NaN where one is
        lows = [np.asarray(image.crop(box)).min() for _, box in _bands(image, 1)]
        if not np.isfinite(tops + lows).all():
            raise NoLevels(NO_LEVELS)
        return _white(max(tops)), 0
    return 0, 0


def _white(most: float) -> float:
    """The largest number of as many bits as are used, of DEPTHS; 1 of fractions."""
    return next((2**bits - 1 for bits in DEPTHS if most < 2**bits), float(most)) if most > 1 else 1


def _deep(high: Image.Image, low: Image.Image) -> np.ndarray:
    return np.asarray(high).astype(np.uint16) << 8 | np.asarray(low)


def _levelled(band: Image.Image, low: Image.Image | None, whites: tuple[float, float]) -> Image.Image:
    """The band with levels of 8 bits."""
    white, opaque = whites
    if not white:
        return band
    if low is None:
        grey = np.asarray(band).astype(np.float64)
        return Image.fromarray((grey.clip(0, white) * (255 / white)).round().astype(np.uint8))
    deep = _deep(band, low)
    scale = np.array([255 / white] * 3 + [255 / opaque] * (deep.shape[2] - 3))
    levels = Image.fromarray((deep * scale).round().astype(np.uint8))
    levels.info.update(band.info)
    return levels


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image.info.pop("icc_profile", None)
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")
