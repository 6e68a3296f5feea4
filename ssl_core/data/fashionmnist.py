"""FashionMNIST (Xiao et al. 2017): its card, and how its idx files are read."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np

from ssl_core.data.card import MIRRORS, Card
from ssl_core.data.kept import MODULE
from ssl_core.data.source import Source

IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

CARD = Card(
    name="fashionmnist",
    title="FashionMNIST, 28×28 grey",
    text="70,000 grey pictures of clothes from a shop: the drop-in that is harder than handwritten digits.",
    classes=("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    channels=1,
    side=28,
    train=60_000,
    validation=5_000,
    test=10_000,
    mirrors=MIRRORS,
    turns=180.0,
    shift=4,
    licence="Xiao et al. 2017, Zalando SE (MIT).",
    module=MODULE,
)


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    if download:
        from torchvision.datasets import FashionMNIST

        FashionMNIST(root, download=True)
        root = root / "FashionMNIST" / "raw"
    images, labels, test_images, test_labels = (read_idx(root / name) for name in IDX)
    return images[:, None], labels, test_images[:, None], test_labels


def read_idx(path: Path) -> np.ndarray:
    """An array of an idx file of bytes, also compressed as .gz; raises ValueError, one sentence.

    Format: http://yann.lecun.com/exdb/mnist/ (two zero bytes, the type 8, the number of axes, their lengths).
    """
    packed = path.with_name(path.name + ".gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
        axes = content[3]
        shape = np.frombuffer(content, ">u4", axes, 4)
        values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
        if content[:3] != b"\0\0\x08" or axes not in (1, 3):
            raise ValueError("it is no idx file of bytes")
        return values.reshape([int(length) for length in shape])
    except (OSError, EOFError, IndexError, ValueError, gzip.zlib.error) as wrong:
        raise ValueError(f"{path.name} cannot be read ({wrong}).") from None


SOURCE = Source(
    files=(f"{IDX[0]}.gz", IDX[0]),
    megabytes=31,
    read=_read,
    hint="the four *-ubyte.gz files in a folder FashionMNIST/raw",
    archives=("FashionMNIST/raw/*.gz",),
)
