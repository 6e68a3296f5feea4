"""Pictures on their way out: as PNG or JPEG, and as the text that an <img> takes and a canvas sends."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

import numpy as np
from PIL import Image

from ssl_core.images.formats import MOST_BYTES

PHOTOGRAPH = 64  # pixels a side from which on a picture that is only looked at travels as JPEG
ADDRESS = "data:image/png;base64,"  # what the text of a picture in an <img> begins with


def levels(picture: Any) -> np.ndarray:
    """Pixels as uint8, of the same shape: floats are taken as 0 (black) to 1 (white), uint8 as it is."""
    pixels = np.asarray(picture)
    if pixels.dtype == np.uint8:
        return pixels
    return np.round(pixels.clip(0, 1) * 255).astype(np.uint8)


def to_png(picture: Any, scale: int = 1) -> bytes:
    """A PNG file of [1 or 3, H, W], uint8 or floats in 0..1, every pixel `scale` pixels wide."""
    return _file(levels(picture).repeat(scale, axis=1).repeat(scale, axis=2), "PNG", compress_level=1)


def _file(pixels: np.ndarray, kind: str, **facts: Any) -> bytes:
    array = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(file, kind, **facts)
    return file.getvalue()


def to_source(picture: Any, scale: int = 1) -> str:
    """The same as the text an <img> takes."""
    return ADDRESS + base64.b64encode(to_png(picture, scale)).decode()


def to_shown_source(picture: Any) -> str:
    """to_source, but as JPEG from PHOTOGRAPH pixels a side on, where no single pixel is seen and PNGs are long."""
    return (to_jpeg_source if np.shape(picture)[-1] >= PHOTOGRAPH else to_source)(picture)


def to_jpeg_source(picture: Any) -> str:
    """A photograph as the text an <img> takes, in a sixth of a PNG's bytes: good to look at, not exact."""
    return (
        "data:image/jpeg;base64," + base64.b64encode(_file(levels(picture), "JPEG", quality=90, subsampling=0)).decode()
    )


def from_source(address: Any) -> bytes:
    """The file inside such a text, as a canvas sends it; raises ValueError, one sentence, for anything else."""
    if not isinstance(address, str) or not address.startswith(ADDRESS) or len(address) > 4 * MOST_BYTES // 3:
        raise ValueError("The drawing did not arrive: draw or paste it again.")
    try:
        return base64.b64decode(address[len(ADDRESS) :], validate=True)
    except binascii.Error:
        raise ValueError("The drawing did not arrive: draw or paste it again.") from None
