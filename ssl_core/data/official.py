"""Public data sets: one line each here, where their files are looked for, and reading them once.

Files are read by torchvision's own classes, which check their md5 before they unpickle anything, or by a few lines of
the set's own file where there is nothing to unpickle. Nothing is downloaded unless somebody asks for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ssl_core.data import cifar, fashionmnist, fer2013, places, sheets, stl10, svhn
from ssl_core.data.card import Card
from ssl_core.data.kept import Arrays, recount
from ssl_core.data.shelf import Joined
from ssl_core.data.source import Source

_SETS: tuple[tuple[Card, Source], ...] = (
    (fashionmnist.CARD, fashionmnist.SOURCE),
    *zip(cifar.CARDS, cifar.SOURCES, strict=True),
    (svhn.CARD, svhn.SOURCE),
    (stl10.CARD, stl10.SOURCE),
    (fer2013.CARD, fer2013.SOURCE),
)
CARDS = tuple(card for card, _ in _SETS)
SOURCES = {card.name: source for card, source in _SETS}
_BY_NAME = {card.name: card for card in CARDS}


def local(name: str) -> Path | None:
    """The folder that holds files of a set, or None."""
    top = places.official()
    if not top.is_dir():  # as for most: every page with a list of pictures asks for each set
        return None
    for root in (top, top / name, top / "FashionMNIST" / "raw", top / "fashionmnist" / "raw"):
        if any((root / file).exists() for file in SOURCES[name].files):
            return root
    return None


def tiles(name: str) -> Path | None:
    """The folder of tile sheets with this set's classes and the most pictures, at most two levels down, or None."""
    top, card, sizes = places.official(), _BY_NAME[name], {}
    for file in (*top.glob("meta.json"), *top.glob("*/meta.json"), *top.glob("*/*/meta.json")):
        about = sheets.meta(file.parent) or {}
        splits = about.get("splits", {})
        if (
            about.get("classes") == list(card.classes)
            and about.get("tile") == card.side
            and {"train", "test"} <= {*splits}
        ):
            sizes[file.parent] = splits["train"].get("count", 0)
    return max(sizes, key=sizes.get) if sizes else None


def downloaded(name: str) -> float:
    """Share of a download that is on the disk, 0 to 1."""
    top, source = places.official(), SOURCES[name]
    sizes = [file.stat().st_size for pattern in source.archives for file in top.glob(pattern)]
    return min(1.0, sum(sizes) / (source.megabytes * 1e6)) if source.megabytes else 0.0


def needs(name: str) -> str:
    """What to do before a public set can be loaded, one sentence."""
    card, source = _BY_NAME[name], SOURCES[name]
    title = card.title.split(",")[0]
    command = f"python -m ssl_core fetch --data {name}"
    if local(name) or tiles(name):
        return f"{title} is in {places.official()}, not prepared yet: press Prepare on the Data page or run {command}."
    if not source.megabytes:
        return f"{title} is not here: put {source.hint} into {places.official()} and press Prepare on the Data page."
    return (
        f"{title} is not here: press Download on the Data page ({source.megabytes:,} MB) or run {command}; without "
        f"internet, put {source.hint} into {places.official()} first."
    )


def read(name: str, *, download: bool) -> tuple[Card, Arrays]:
    """The card of what is there, and the arrays; raises ValueError, one sentence, when it is not there or damaged."""
    card, source = _BY_NAME[name], SOURCES[name]
    packs, root = tiles(name), local(name)
    title = card.title.split(",")[0]
    if root is None and packs:
        return _honest(card, *sheets.read(packs, "train"), *sheets.read(packs, "test"))
    if root is None and not (download and source.megabytes):
        raise ValueError(needs(name))
    fetch = root is None
    root = root or places.official()
    try:
        return _honest(card, *source.read(card, root, fetch))
    except Exception as wrong:  # readers of damaged files raise nearly every exception there is
        reason = " ".join(str(wrong).split()).rstrip(".")[:200]
        if fetch:
            raise ValueError(
                f"{title} could not be downloaded ({reason}): connect to the internet, or put {source.hint} into "
                f"{places.official()}."
            ) from None
        raise ValueError(f"The files of {title} in {root} are damaged or incomplete ({reason}).") from None


def fetch_extra(name: str) -> None:
    """Download the part of a public set that is an option; raises ValueError, one sentence."""
    source = SOURCES.get(name)
    if source is None or source.more is None:
        having = ", ".join(other for other, one in SOURCES.items() if one.more)
        raise ValueError(f"{name!r} has no extra part; these have: {having}.")
    try:
        source.more(local(name) or places.official())
    except Exception as wrong:  # as in read
        told = " ".join(str(wrong).split()).rstrip(".")[:200]
        raise ValueError(f"The extra part could not be downloaded ({told}): connect to the internet.") from None


def _honest(card: Card, images: Any, labels: Any, test_images: Any, test_labels: Any) -> tuple[Card, Arrays]:
    """The arrays, and the card with the counts that are there; raises ValueError for labels that are no classes."""
    arrays = Arrays(
        images if isinstance(images, Joined) else np.asarray(images, np.uint8), np.asarray(labels, np.int64),
        np.asarray(test_images, np.uint8), np.asarray(test_labels, np.int64),
    )  # fmt: skip
    return recount(card, arrays), arrays
