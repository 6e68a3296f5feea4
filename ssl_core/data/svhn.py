"""SVHN (Netzer et al. 2011): its card, and how its matrices are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ssl_core.data.card import Card
from ssl_core.data.kept import MODULE
from ssl_core.data.shelf import Joined
from ssl_core.data.source import Source

CARD = Card(
    name="svhn",
    title="SVHN, 32×32 colour",
    text="House numbers seen from the street, cut to one digit. A mirrored digit is another digit or none, so "
    "pictures are never flipped. Its 531,131 extra pictures are an option: they are learned from where extra_32x32.mat "
    "(1.3 GB) lies beside its other files when it is prepared.",
    classes=tuple("0123456789"),
    channels=3,
    side=32,
    train=73_257,
    validation=5_000,
    test=26_032,
    mirrors=(),
    turns=40.0,
    shift=4,
    licence="Netzer et al. 2011; for research, not for profit.",
    module=MODULE,
)


EXTRA = "extra_32x32.mat"


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision.datasets import SVHN

    images, labels, test_images, test_labels = (
        array
        for part in (SVHN(root, split=split, download=download) for split in ("train", "test"))
        for array in (part.data, part.labels)
    )
    if (root / EXTRA).exists():
        more = SVHN(root, split="extra")
        images, labels = Joined((images, more.data)), np.concatenate([labels, more.labels])
    return images, labels, test_images, test_labels


def _fetch_extra(root: Path) -> None:
    from torchvision.datasets import SVHN

    SVHN(root, split="extra", download=True)


_FILES = ("train_32x32.mat", "test_32x32.mat")
SOURCE = Source(
    files=_FILES[:1], megabytes=247, read=_read, hint=" and ".join(_FILES), archives=_FILES, more=_fetch_extra
)
