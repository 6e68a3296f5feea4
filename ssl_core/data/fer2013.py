"""FER2013 (Goodfellow et al. 2013): its card, and how its csv or class folders are read."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from ssl_core.data.bring import bring
from ssl_core.data.card import Card
from ssl_core.data.folders import files
from ssl_core.data.kept import MODULE
from ssl_core.data.source import Source

CARD = Card(
    name="fer2013",
    title="FER2013, 48×48 grey faces",
    text="35,887 faces with one of seven expressions, disgust being rare. Training and PublicTest are learned from, "
    "PrivateTest is the test.",
    classes=("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
    channels=1,
    side=48,
    train=32_298,
    validation=3_589,
    test=3_589,
    mirrors=("left-right",),
    turns=45.0,
    shift=6,
    common=0.245,
    licence="Goodfellow et al. 2013: faces collected from the web without a licence, so it is never downloaded: bring "
    "your own copy.",
    module=MODULE,
)


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    if not (root / "fer2013.csv").is_file():
        return bring([*files(root)], card.side, card.channels, classes=card.classes).arrays
    parts: dict[bool, tuple[list, list]] = {False: ([], []), True: ([], [])}
    with open(root / "fer2013.csv", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                picture = np.array(row["pixels"].split(), dtype=np.uint8).reshape(1, card.side, card.side)
                label, test = int(row["emotion"]), row["Usage"].strip() == "PrivateTest"
            except (KeyError, AttributeError, TypeError, ValueError, OverflowError):
                raise ValueError(f"line {number} of fer2013.csv is not an emotion, 48×48 pixels and a usage") from None
            parts[test][0].append(picture)
            parts[test][1].append(label)
    if not all(images for images, _ in parts.values()):
        raise ValueError("fer2013.csv needs rows of both Training and PrivateTest")
    return tuple(np.array(column) for part in parts.values() for column in part)


SOURCE = Source(
    files=("fer2013.csv", "train/happy"),
    megabytes=0,
    read=_read,
    hint="fer2013.csv, or fer2013/train and fer2013/test,",
)
