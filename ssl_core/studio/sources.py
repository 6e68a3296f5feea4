"""Where the studio's pictures come from: built-in data sets, shipped photographs, a person's own file."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ssl_core.augment.presets import Kind
from ssl_core.data import Dataset, load
from ssl_core.data.catalog import cards
from ssl_core.data.photos import PHOTOS, read
from ssl_core.images.reading import read_picture, square

SHOWN = 64  # pictures of a data set that can be chosen: the first of its training set
SIDES = (32, 64, 128, 224)


class Pictures(NamedTuple):
    """Pictures to look at: uint8 [N, C, H, W], a name for each, and what a policy must know about them."""

    images: Tensor
    names: list[str]
    card: Any
    credit: str
    key: str


def source_names() -> dict[str, str]:
    """What can be chosen, by name: the upload, photographs, data sets."""
    sets = {name: card.title for name, card in cards().items() if card.pictures}
    return {"upload": "Your own picture"} | {name: photo.title for name, photo in PHOTOS.items()} | sets


def pictures(source: str, side: int, content: bytes | None = None) -> Pictures:
    """Pictures of a source; `side` is for photographs. Raises ValueError, one sentence, for a file that is none."""
    if source in cards():
        return of_data(load(source))
    if source in PHOTOS:
        photo = PHOTOS[source]
        return _one(read(source), side, photo.alt, photo.credit, source)
    if content is None:
        raise ValueError("Choose a file: PNG, JPEG, WebP, BMP or GIF, at most 10 MB.")
    return _one(content, side, "your picture", "Your picture stays in this session and is not stored.", "upload")


def of_data(data: Dataset) -> Pictures:
    """The first pictures of a data set."""
    names = [data.card.class_of(label) for label in data.labels[:SHOWN].tolist()]
    return Pictures(data.images[:SHOWN], names, data.card, data.card.licence, data.card.name)


def _one(content: bytes, side: int, name: str, credit: str, source: str) -> Pictures:
    side = side if side in SIDES else SIDES[0]
    image = torch.from_numpy(square(read_picture(content), side))[None]
    kind = Kind(source, 3, side, shift=max(1, side // 8))
    digest = hashlib.sha256(content).hexdigest()[:12] if source == "upload" else ""
    return Pictures(image, [name], kind, credit, f"{source}-{side}-{digest}")
