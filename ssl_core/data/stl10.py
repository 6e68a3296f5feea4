"""STL-10 (Coates et al. 2011): its card, and how its binary files are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ssl_core.data.card import MIRRORS, UNKNOWN, Card
from ssl_core.data.kept import MODULE
from ssl_core.data.shelf import Joined
from ssl_core.data.source import Source

CARD = Card(
    name="stl10",
    title="STL-10, 96×96 colour",
    text="13,000 labelled photographs of ten kinds of animal and vehicle, and 100,000 of which nobody says what they "
    "show: some are of other animals and vehicles.",
    classes=("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"),
    channels=3,
    side=96,
    train=105_000,
    validation=500,
    test=8_000,
    mirrors=MIRRORS,
    turns=180.0,
    shift=12,
    licence="Coates et al. 2011, pictures from ImageNet.",
    module=MODULE,
    unknown=100_000,
)


UNLABELLED = "unlabeled_X.bin"


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision.datasets import STL10

    packed = (root / STL10.filename).exists()
    parts = [STL10(root, split=split, download=download or packed) for split in ("train", "test")]
    images, labels, test_images, test_labels = (array for part in parts for array in (part.data, part.labels))
    path = root / STL10.base_folder / UNLABELLED
    if path.exists():  # their integrity was checked with that of the others
        free = np.memmap(path, np.uint8, "r").reshape(-1, *card.shape).transpose(0, 1, 3, 2)  # columns first
        images, labels = Joined((images, free)), np.concatenate([labels, np.full(len(free), UNKNOWN)])
    return images, labels, test_images, test_labels


_ARCHIVE = "stl10_binary.tar.gz"
SOURCE = Source(
    files=("stl10_binary/train_X.bin", _ARCHIVE), megabytes=2_640, read=_read, hint=_ARCHIVE, archives=(_ARCHIVE,)
)
