"""STL-10 (Coates et al. 2011): its card, and how its binary files are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ssl_core.data.card import MIRRORS, Card
from ssl_core.data.kept import MODULE
from ssl_core.data.source import Source

CARD = Card(
    name="stl10",
    title="STL-10, 96×96 colour",
    text="13,000 labelled photographs of ten kinds of animal and vehicle. Its 100,000 pictures without labels are "
    "left out: training pictures whose label is withheld serve as unlabelled ones, as with every set here.",
    classes=("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"),
    channels=3,
    side=96,
    train=5_000,
    validation=500,
    test=8_000,
    mirrors=MIRRORS,
    turns=180.0,
    shift=12,
    licence="Coates et al. 2011, pictures from ImageNet.",
    module=MODULE,
)


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision.datasets import STL10

    packed = (root / STL10.filename).exists()
    parts = [STL10(root, split=split, download=download or packed) for split in ("train", "test")]
    return tuple(array for part in parts for array in (part.data, part.labels))


_ARCHIVE = "stl10_binary.tar.gz"
SOURCE = Source(
    files=("stl10_binary/train_X.bin", _ARCHIVE), megabytes=2_640, read=_read, hint=_ARCHIVE, archives=(_ARCHIVE,)
)
