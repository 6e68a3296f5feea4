"""Reading a stranger's picture: one sentence or correct pixels, whatever the file; nothing else of it is kept.

Memory is bounded before decoding: by the number of bytes, by the number of pixels the header declares, and for
JPEG by decoding at a fraction of its size, so that a phone's 50 megapixels are welcome.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "HEIF")
ENDINGS = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic", ".heif")
MOST_BYTES = 40 * 2**20  # a phone's 50 megapixels have 24 MB
MOST_PIXELS = {"JPEG": 64_000_000, "HEIF": 64_000_000}  # a JPEG is decoded small; a progressive one has 6 bytes a pixel
MOST_PIXELS_ELSE = 16_000_000  # 64 MB as RGBA; WebP decodes at about 16 bytes a pixel
SMALLEST_SIDE = 8
SHORTEST = 12  # bytes; no picture has fewer
KEPT_SIDE = 1024  # the longer side of what is kept
ADDRESS = "data:image/png;base64,"  # what the text of a picture in an <img> begins with
KINDS = "PNG, JPEG, WebP, BMP, GIF, TIFF, AVIF or HEIC"
USE = f"Use a {KINDS} picture."
FINER = 2  # times the size wanted at which a JPEG is decoded before it is shrunk, as Pillow's own thumbnails are
FITS = ("cut", "pad", "squash")  # how a picture that is not square becomes one
DEPTHS = (8, 10, 12, 14, 16)  # bits of a grey picture; what a camera of 12 writes is kept in 16

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
    transparent becomes white; grey of 10 to 16 bits is scaled to 8. Metadata is dropped.
    """
    with quietly():
        return np.array(_read(content, (longest, longest), lambda image: _shrunk(image, longest)))


def read_square(content: bytes, side: int, fit: str = "cut") -> tuple[np.ndarray, float]:
    """The picture as a square [3, side, side] uint8, and its width divided by its height; `fit` is one of FITS.

    As square(read_picture(content)) but faster: a large JPEG is decoded at a fraction of its size. May run in threads,
    inside one `quietly()`. Raises ValueError, one sentence, as read_picture does.
    """
    shapes: list[float] = []

    def small(image: Image.Image) -> Image.Image:
        shapes.append(image.width / image.height)
        return _fitted(image, side, fit)

    picture = np.asarray(_read(content, (FINER * side, FINER * side), small)).transpose(2, 0, 1).copy()
    return picture, shapes[0]


@contextmanager
def quietly() -> Iterator[None]:
    """No warnings of decoders: a damaged header also warns; the pixels decide. For the thread that starts others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height that a picture declares; raises ValueError, one sentence, for a file that is none."""
    try:
        if content[4:8] == b"ftyp":
            _know_heif()
        with quietly(), Image.open(io.BytesIO(content), formats=_known()) as image:
            return image.size
    except Exception as wrong:  # as in read_picture
        raise ValueError(_why(content, wrong)) from None


def _read(content: bytes, least: tuple[int, int], shrink: Callable[[Image.Image], Image.Image]) -> Image.Image:
    if not content:
        raise ValueError("The file is empty. " + USE)
    if len(content) > MOST_BYTES:
        raise ValueError(f"The file has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read.")
    try:
        return _decode(content, least, shrink)
    except (Image.UnidentifiedImageError, Image.DecompressionBombError) as wrong:
        raise ValueError(_why(content, wrong)) from None
    except Refused as wrong:
        raise ValueError(str(wrong)) from None
    except MemoryError:
        raise ValueError("The picture needs more memory than there is: make it smaller first.") from None
    except Exception as wrong:  # decoders meet hostile bytes with nearly every exception there is
        if content[4:8] == b"ftyp":
            raise ValueError(_why(content, wrong)) from None
        raise ValueError(f"The picture is damaged or holds more than a picture should. {USE}") from None


class Refused(Exception):
    """A picture that could perhaps be read, but will not be."""


@lru_cache(maxsize=1)
def _know_heif() -> None:
    """Let Pillow read HEIC, the format of iPhones; not where its package is missing."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return
    register_heif_opener()


def _known() -> list[str]:
    """Those of FORMATS that this Pillow can open by now: it fails on a name that it does not know."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _decode(content: bytes, least: tuple[int, int], shrink: Callable[[Image.Image], Image.Image]) -> Image.Image:
    if len(content) < SHORTEST:  # some decoders stumble over less than their own mark
        raise Image.UnidentifiedImageError
    if content[4:8] == b"ftyp":
        _know_heif()
    with Image.open(io.BytesIO(content), formats=_known()) as image:
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
            image.draft("RGB", least)  # decodes at a half, a quarter or an eighth, no side below these
        image.load()
        turn = _orientation(image)
        small = shrink(_opaque(image))
    for step in TRANSPOSED.get(turn, ()):
        small = small.transpose(step)
    return small


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return image


def _fitted(image: Image.Image, side: int, fit: str) -> Image.Image:
    """A square: its middle is cut out, or it is squashed, or padded in the colour of its rim."""
    width, height = image.size
    small = {"resample": Image.Resampling.LANCZOS, "reducing_gap": 1.5}  # as good as none to the eye, and faster
    if fit == "squash" or width == height:
        return image.resize((side, side), **small)
    if fit == "cut":
        edge = min(width, height)
        left, top = (width - edge) // 2, (height - edge) // 2
        return image.resize((side, side), box=(left, top, left + edge, top + edge), **small)
    scale = side / max(width, height)
    inner = image.resize((max(1, round(width * scale)), max(1, round(height * scale))), **small)
    pixels = np.asarray(inner)
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    whole = Image.new("RGB", (side, side), tuple(int(level) for level in np.median(rim, axis=0)))
    whole.paste(inner, ((side - inner.width) // 2, (side - inner.height) // 2))
    return whole


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 where there is none or it cannot be read: then the pixels are taken as they lie."""
    try:
        turn = image.getexif().get(274, 1)
    except Exception:  # broken metadata must not cost the picture; see read_picture
        return 1
    return turn if isinstance(turn, int) else 1


def _opaque(image: Image.Image) -> Image.Image:
    """The picture as RGB on white."""
    if image.mode.startswith("I") or image.mode == "F":  # convert() would cut at 255
        return Image.fromarray(_eight_bits(np.asarray(image).astype(np.float64))).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image.info.pop("icc_profile", None)
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _eight_bits(grey: np.ndarray) -> np.ndarray:
    """Levels as uint8. White is the largest number of as many bits as the picture uses, of DEPTHS; 1 of fractions."""
    if not np.isfinite(grey).all():
        raise Refused("The picture holds numbers that are no levels of grey. " + USE)
    most = grey.max()
    white = next((2**bits - 1 for bits in DEPTHS if most < 2**bits), most) if most > 1 else 1
    return (grey.clip(0, white) * (255 / white)).round().astype(np.uint8)


def _why(content: bytes, wrong: Exception) -> str:
    if isinstance(wrong, Image.DecompressionBombError):
        return "The picture declares more pixels than are read. Make it smaller first."
    if content[4:8] == b"ftyp":
        return "This HEIC or AVIF picture cannot be read here: save it as JPEG or PNG first."
    return "This file is not a picture the app reads. " + USE


def square(picture: np.ndarray, side: int, fit: str = "cut") -> np.ndarray:
    """[H, W, 3] as a square at this side, [3, side, side] uint8; the middle is cut out unless `fit` says otherwise."""
    height, width = picture.shape[:2]
    edge = min(height, width)
    if fit != "cut":
        return np.asarray(_fitted(Image.fromarray(picture), side, fit)).transpose(2, 0, 1).copy()
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
