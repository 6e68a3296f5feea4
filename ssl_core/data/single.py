"""One picture by a name that fits into a run's configuration; a name never becomes a path.

china, flower            the photographs of photos.py
strokes, mosaic, ...     the patterns of paintings.py
digits:17                picture 17 of a data set's training pictures
mine-3f2a...             a picture that somebody brought, kept under the fingerprint of its pixels

Nobody reaches a file by a name that has another form.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.data import places
from ssl_core.data.catalog import card, load
from ssl_core.data.paintings import PAINTINGS, painted
from ssl_core.data.photos import PHOTOS, read
from ssl_core.images.formats import MOST_BYTES
from ssl_core.images.reading import read_picture, read_square
from ssl_core.images.writing import to_png
from ssl_core.named_files import read_named

MINE = re.compile(r"mine-[0-9a-f]{16}")
KEPT_SIDE = 512  # the longer side of a kept picture
MOST_KEPT = 100  # pictures; the oldest makes room
HOW = "a picture of a data set, such as digits:17, or one that was brought, mine-FINGERPRINT"


class Named(NamedTuple):
    """What a picture is called, what is on it, and whom to thank."""

    title: str
    alt: str
    credit: str = ""


class Names(tuple[str, ...]):
    """Pictures to choose from: lists those that ship, and takes every other by the form of its name."""

    more = f", {HOW}"

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and bool(_numbered(name) or MINE.fullmatch(name)))


SHIPPED = Names((*PHOTOS, *PAINTINGS))


def about(name: str) -> Named:
    """What is known of a picture; raises ValueError, one sentence, for a name that no picture can have."""
    if name in PHOTOS:
        return Named(PHOTOS[name].title, PHOTOS[name].alt, PHOTOS[name].credit)
    if name in PAINTINGS:
        return Named(PAINTINGS[name].title, PAINTINGS[name].alt, "Painted by rule.")
    if MINE.fullmatch(name):
        return Named("Your picture", "A picture that was brought")
    if (numbered := _numbered(name)) and (known := card(numbered[0])):
        return Named(f"{known.title}, picture {numbered[1]}", f"Picture {numbered[1]} of {known.title}", known.licence)
    raise ValueError(f"There is no picture {name[:60]!r}: choose one of {', '.join(SHIPPED)}, {HOW}.")


def single(name: str, side: int) -> Tensor:
    """The picture in RGB as a square, float [3, side, side] in 0..1; raises ValueError, one sentence.

    Of what is not square the middle is cut out; what is smaller is enlarged smoothly.
    """
    about(name)
    if name in PHOTOS:
        return torch.from_numpy(read_square(read(name), side)[0]).float() / 255
    if name in PAINTINGS:
        return _sized(painted(name), side)
    if MINE.fullmatch(name):
        try:
            content = read_named(_home() / f"{name}.png", MOST_BYTES)
        except OSError:
            raise ValueError("A picture that was brought is no longer kept: bring it again.") from None
        return torch.from_numpy(read_square(content, side)[0]).float() / 255
    data, number = _numbered(name)
    pictures = load(data).images
    if pictures.ndim != 4:
        raise ValueError(f"{card(data).title} has points and no pictures: choose another data set.")
    if number >= len(pictures):
        raise ValueError(f"{card(data).title} has pictures 0 to {len(pictures) - 1:,}, not {number}.")
    return _sized(pictures[number].float() / 255, side)


def bring(content: bytes) -> str:
    """Keep somebody's picture and return its name; raises ValueError, one sentence, for a file that is none.

    What is kept are its pixels, at most KEPT_SIDE a side: no metadata, and not the file.
    """
    pixels = np.ascontiguousarray(read_picture(content, KEPT_SIDE).transpose(2, 0, 1))
    print_ = hashlib.sha256(f"{pixels.shape}".encode() + pixels.tobytes()).hexdigest()[:16]
    home, name = _home(), f"mine-{print_}"
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{name}.png"
    if path.is_file():
        os.utime(path)
        return name
    for oldest in sorted(home.glob("mine-*.png"), key=_age, reverse=True)[MOST_KEPT - 1 :]:
        oldest.unlink(missing_ok=True)
    aside = home / f".{name}.{secrets.token_hex(4)}"
    aside.write_bytes(to_png(pixels))
    aside.rename(path)
    return name


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # deleted meanwhile
        return 0.0


def _home() -> Path:
    return places.kept().parent / "_pictures"  # no run has an underscore in its name


def _numbered(name: str) -> tuple[str, int] | None:
    """Data set and number of `digits:17`; None for any other name. A folder of the operator is not read by number."""
    data, colon, number = name.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,7}", number, re.ASCII):
        return None
    return (data, int(number)) if re.fullmatch(r"(upload:)?[a-z0-9_]{1,40}", data) else None  # no folder:PATH


def _sized(x: Tensor, side: int) -> Tensor:
    """[C, H, W] in 0..1 as RGB [3, side, side], the middle of it."""
    height, width = x.shape[-2:]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    x = x[:, top : top + edge, left : left + edge]
    x = x.expand(3, -1, -1) if len(x) == 1 else x
    if edge == side:
        return x.clone()
    larger = F.interpolate(x[None], (side, side), mode="bicubic", align_corners=False, antialias=side < edge)
    return larger[0].clamp(0, 1)
