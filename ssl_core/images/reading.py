"""Reading a stranger's picture: one sentence or correct pixels, whatever the file; nothing else of it is kept.

Memory is bounded before decoding: by the number of bytes, by the number of pixels the header declares, and for
JPEG by decoding at a fraction of its size, so that a phone's 50 megapixels are welcome. Large pictures are decoded one
at a time, whoever asks. Time is bounded by what the file is made of (ssl_core/containers.py) and, over many pictures,
by their pixels in all.
"""

from __future__ import annotations

import ctypes
import io
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from ssl_core.containers import canvas, held_whole
from ssl_core.images.formats import (
    MOST_BYTES,
    MOST_PIXELS,
    MOST_PIXELS_ELSE,
    SHORTEST,
    USE,
    Pixels,
    Refused,
    TooManyPixels,
    check_size,
    know_heif,
    known,
    unreadable,
)
from ssl_core.shades import NoLevels, as_colours, deep_mode, low_bytes

LARGE = 2**21  # pixels: of such pictures one is decoded at a time, and shrunk before it becomes RGB
KEPT_SIDE = 1024  # the longer side of what is kept
FINER = 2  # times the size wanted at which a JPEG is decoded before it is shrunk, as Pillow's own thumbnails are
COARSEST = 4  # times the size wanted to which a large picture is reduced by whole blocks before it is shrunk
FITS = ("cut", "pad", "squash")  # how a picture that is not square becomes one

# One thread for large pictures: glibc keeps up to 64 MB of what was freed for each thread that ever held so much.
_large = ThreadPoolExecutor(1, "large pictures")

TRANSPOSED = {  # EXIF 2.32, tag 274: what a viewer must do
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}


def read_picture(content: bytes, longest: int = KEPT_SIDE, budget: Pixels | None = None) -> np.ndarray:
    """RGB uint8 [H, W, 3], upright, `longest` pixels a side at most; raises ValueError, one sentence, for all else.

    The format is told by the content, never by a name. Of an animation the first frame is taken; what is
    transparent becomes white; levels of 10 to 16 bits are scaled to 8. Metadata is dropped.
    """
    with quietly():
        wanted = Wanted(longest, lambda size: max(size) / longest, lambda image: _shrunk(image, longest), budget)
        return np.array(_read(content, wanted)[0])


def read_square(content: bytes, side: int, fit: str = "cut", budget: Pixels | None = None) -> tuple[np.ndarray, float]:
    """The picture as a square [3, side, side] uint8, and its width divided by its height; `fit` is one of FITS.

    As square(read_picture(content)) but faster: a large JPEG is decoded at a fraction of its size. May run in threads,
    inside one `quietly()`. Raises ValueError, one sentence, as read_picture does, and TooManyPixels over the `budget`.
    """
    edge = max if fit == "pad" else min
    wanted = Wanted(FINER * side, lambda size: edge(size) / side, lambda image: _fitted(image, side, fit), budget)
    small, shape = _read(content, wanted)
    return np.asarray(small).transpose(2, 0, 1).copy(), shape


class Wanted(NamedTuple):
    """What is made of a picture.

    `least`: pixels a side that a JPEG is decoded to at least; `scale`: how many times smaller the outcome is than a
    picture of this width and height; `finish` makes it of RGB.
    """

    least: int
    scale: Callable[[tuple[int, int]], float]
    finish: Callable[[Image.Image], Image.Image]
    budget: Pixels | None = None


@contextmanager
def quietly() -> Iterator[None]:
    """No warnings of decoders: a damaged header also warns; the pixels decide. For the thread that starts others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height that a picture declares; raises ValueError, one sentence, for a file that is none."""
    held_whole(content)
    if size := canvas(content):
        return size
    try:
        if content[4:8] == b"ftyp":
            know_heif()
        with quietly(), Image.open(io.BytesIO(content), formats=known()) as image:
            return image.size
    except Exception as wrong:  # as in read_picture
        raise ValueError(unreadable(content, wrong)) from None


def _read(content: bytes, wanted: Wanted) -> tuple[Image.Image, float]:
    if not content:
        raise ValueError("The file is empty. " + USE)
    if len(content) > MOST_BYTES:
        raise ValueError(f"The file has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read.")
    whole = held_whole(content)
    try:
        return _decode(content, wanted, whole)
    except TooManyPixels:
        raise
    except (Image.UnidentifiedImageError, Image.DecompressionBombError) as wrong:
        raise ValueError(unreadable(content, wrong)) from None
    except Refused as wrong:
        raise ValueError(str(wrong)) from None
    except NoLevels as wrong:
        raise ValueError(f"{wrong} {USE}") from None
    except MemoryError:
        raise ValueError("The picture needs more memory than there is: make it smaller first.") from None
    except Exception as wrong:  # decoders meet hostile bytes with nearly every exception there is
        if content[4:8] == b"ftyp":
            raise ValueError(unreadable(content, wrong)) from None
        raise ValueError(f"The picture is damaged or holds more than a picture should. {USE}") from None


def _decode(content: bytes, wanted: Wanted, whole: bool) -> tuple[Image.Image, float]:
    if len(content) < SHORTEST:  # some decoders stumble over less than their own mark
        raise Image.UnidentifiedImageError
    if content[4:8] == b"ftyp":
        know_heif()
    drawn = canvas(content) or (0, 0)
    if drawn[0] * drawn[1] > LARGE:  # opening it takes all its memory
        check_size(drawn, MOST_PIXELS_ELSE)
        small, shape, _ = _alone(_opened, content, wanted, whole, _here)
    else:
        small, shape, large = _opened(content, wanted, whole, _alone)
        if not large:
            return small, shape
    if trim := _trim():
        trim(0)
    return small, shape


def _alone(work: Callable[..., Any], *what: Any) -> Any:
    """One large picture at a time, whoever asks."""
    return _large.submit(work, *what).result()


def _here(work: Callable[..., Any], *what: Any) -> Any:
    return work(*what)


def _opened(
    content: bytes, wanted: Wanted, whole: bool, somewhere: Callable[..., Any]
) -> tuple[Image.Image, float, bool]:
    """The picture, its shape, and whether it was large; then it was decoded by `somewhere`."""
    with Image.open(io.BytesIO(content), formats=known()) as image:
        check_size(image.size, MOST_PIXELS_ELSE if whole else MOST_PIXELS.get(image.format, MOST_PIXELS_ELSE))
        if wanted.budget:
            wanted.budget.take(image.width * image.height)
        held = image.width * image.height if whole else 0
        if image.format in ("JPEG", "MPO"):
            image.draft("RGB", (wanted.least, wanted.least))  # decodes at a half, a quarter or an eighth
        large = max(held, image.width * image.height) > LARGE
        small, shape, turn = (somewhere if large else _here)(_loaded, content, image, wanted)
    for step in TRANSPOSED.get(turn, ()):
        small = small.transpose(step)
    return small, shape, large


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    """Gives freed memory back to the system, where the C library has such a function."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another system than Linux with glibc
        return None


def _loaded(content: bytes, image: Image.Image, wanted: Wanted) -> tuple[Image.Image, float, int]:
    deep = deep_mode(image)
    image.load()
    shape = image.width / image.height
    factor = 1 if image.width * image.height <= LARGE else max(1, int(wanted.scale(image.size) / COARSEST))
    colours = as_colours(image, factor, low_bytes(content, image, deep))
    small = wanted.finish(colours)
    turn = _orientation(image)
    small = small.copy() if small is image else small
    image.close()  # its pixels, too, while others wait
    return small, shape, turn


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


def square(picture: np.ndarray, side: int, fit: str = "cut") -> np.ndarray:
    """[H, W, 3] as a square at this side, [3, side, side] uint8; the middle is cut out unless `fit` says otherwise."""
    height, width = picture.shape[:2]
    edge = min(height, width)
    if fit != "cut":
        return np.asarray(_fitted(Image.fromarray(picture), side, fit)).transpose(2, 0, 1).copy()
    top, left = (height - edge) // 2, (width - edge) // 2
    middle = Image.fromarray(picture[top : top + edge, left : left + edge])
    return np.asarray(middle.resize((side, side), Image.Resampling.LANCZOS)).transpose(2, 0, 1).copy()
