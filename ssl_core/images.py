"""Reading a stranger's picture: one sentence or correct pixels, whatever the file; nothing else of it is kept.

Memory is bounded before decoding: by the number of bytes, by the number of pixels the header declares, and for
JPEG by decoding at a fraction of its size, so that a phone's 50 megapixels are welcome.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from typing import Any

import numpy as np
from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MOST_BYTES = 10 * 2**20  # the server's own limit on uploads is the same
MOST_PIXELS = {"JPEG": 64_000_000}  # a JPEG is decoded small; a progressive one still needs 6 bytes a pixel
MOST_PIXELS_ELSE = 16_000_000  # 64 MB as RGBA; WebP decodes at about 16 bytes a pixel
SMALLEST_SIDE = 8
KEPT_SIDE = 1024  # the longer side of what is kept
ADDRESS = "data:image/png;base64,"  # what the text of a picture in an <img> begins with
USE = "Use a PNG, JPEG, WebP, BMP or GIF picture."

TRANSPOSED = {  # EXIF 2.32, tag 274: what a viewer must do
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}


def read_picture(content: bytes, longest: int = KEPT_SIDE) -> np.ndarray:
    """RGB uint8 [H, W, 3], upright, `longest` pixels a side at most; raises ValueError, one sentence, for all else.

    The format is told by the content, never by a name. Of an animation the first frame is taken; what is
    transparent becomes white; 16-bit grey is scaled to 8. Metadata is dropped.
    """
    if not content:
        raise ValueError("The file is empty. " + USE)
    if len(content) > MOST_BYTES:
        raise ValueError(f"The file has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged header also warns; the pixels decide
            return _decode(content, longest)
    except (Image.UnidentifiedImageError, Image.DecompressionBombError) as wrong:
        raise ValueError(_why(content, wrong)) from None
    except Refused as wrong:
        raise ValueError(str(wrong)) from None
    except MemoryError:
        raise ValueError("The picture needs more memory than there is: make it smaller first.") from None
    except Exception:  # decoders meet hostile bytes with nearly every exception there is
        raise ValueError(f"The picture is damaged or holds more than a picture should. {USE}") from None


class Refused(Exception):
    """A picture that could perhaps be read, but will not be."""


def _decode(content: bytes, longest: int) -> np.ndarray:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        most = MOST_PIXELS.get(image.format, MOST_PIXELS_ELSE)
        if width * height > most:
            raise Refused(
                f"The picture has {width:,} × {height:,} pixels; at most {most // 10**6} million are read. "
                "Make it smaller first."
            )
        if min(width, height) < SMALLEST_SIDE:
            raise Refused(f"The picture has {width:,} × {height:,} pixels; each side needs at least {SMALLEST_SIDE}.")
        if image.format == "JPEG":
            image.draft("RGB", (longest, longest))  # decodes at a half, a quarter or an eighth
        image.load()
        turn = _orientation(image)
        small = _opaque(image)
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    for step in TRANSPOSED.get(turn, ()):
        small = small.transpose(step)
    return np.array(small)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 where there is none or it cannot be read: then the pixels are taken as they lie."""
    try:
        turn = image.getexif().get(274, 1)
    except Exception:  # broken metadata must not cost the picture; see read_picture
        return 1
    return turn if isinstance(turn, int) else 1


def _opaque(image: Image.Image) -> Image.Image:
    """The picture as RGB on white."""
    if image.mode.startswith("I"):  # 16-bit grey; convert() would cut at 255
        levels = np.asarray(image).astype(np.float64)
        return Image.fromarray((levels.clip(0, 65535) / 257).round().astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image.info.pop("icc_profile", None)
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _why(content: bytes, wrong: Exception) -> str:
    if isinstance(wrong, Image.DecompressionBombError):
        return "The picture declares more pixels than are read. Make it smaller first."
    if content[4:8] == b"ftyp":
        return "HEIC and AVIF pictures are not read: save it as JPEG or PNG first."
    return "This file is not a picture the app reads. " + USE


def square(picture: np.ndarray, side: int) -> np.ndarray:
    """The middle square of [H, W, 3] at this side, [3, side, side] uint8."""
    height, width = picture.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    middle = Image.fromarray(picture[top : top + edge, left : left + edge])
    return np.asarray(middle.resize((side, side), Image.Resampling.LANCZOS)).transpose(2, 0, 1).copy()


def levels(picture: Any) -> np.ndarray:
    """Pixels as uint8, of the same shape: floats are taken as 0 (black) to 1 (white), uint8 as it is."""
    pixels = np.asarray(picture)
    if pixels.dtype == np.uint8:
        return pixels
    return np.round(pixels.clip(0, 1) * 255).astype(np.uint8)


def to_png(picture: Any, scale: int = 1) -> bytes:
    """A PNG file of [1 or 3, H, W], uint8 or floats in 0..1, every pixel `scale` pixels wide."""
    pixels = levels(picture).repeat(scale, axis=1).repeat(scale, axis=2)
    array = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def to_source(picture: Any, scale: int = 1) -> str:
    """The same as the text an <img> takes."""
    return ADDRESS + base64.b64encode(to_png(picture, scale)).decode()


def from_source(address: Any) -> bytes:
    """The file inside such a text, as a canvas sends it; raises ValueError, one sentence, for anything else."""
    if not isinstance(address, str) or not address.startswith(ADDRESS) or len(address) > 4 * MOST_BYTES // 3:
        raise ValueError("The drawing did not arrive: draw or paste it again.")
    try:
        return base64.b64decode(address[len(ADDRESS) :], validate=True)
    except binascii.Error:
        raise ValueError("The drawing did not arrive: draw or paste it again.") from None
