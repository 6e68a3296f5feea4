"""SVHN (Netzer et al. 2011): its card, and how its matrices are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ssl_core.data.card import Card
from ssl_core.data.kept import MODULE
from ssl_core.data.source import Source

CARD = Card(
    name="svhn",
    title="SVHN, 32×32 colour",
    text="House numbers seen from the street, cut to one digit. A mirrored digit is another digit or none, so "
    "pictures are never flipped. The 531,131 extra pictures are left out.",
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


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision.datasets import SVHN

    parts = [SVHN(root, split=split, download=download) for split in ("train", "test")]
    return tuple(array for part in parts for array in (part.data, part.labels))


_FILES = ("train_32x32.mat", "test_32x32.mat")
SOURCE = Source(files=_FILES[:1], megabytes=247, read=_read, hint=" and ".join(_FILES), archives=_FILES)
