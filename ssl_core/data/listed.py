"""The pictures of a folder by a list of its files: the same rows in the same order, wherever the folder lies.

It is what a script of its own reads (ssl_core/export/script.py), and nothing else of this package is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ssl_core.data.card import UNKNOWN, Card, Dataset
from ssl_core.data.squared import in_colours
from ssl_core.images.formats import MOST_BYTES
from ssl_core.images.reading import read_square
from ssl_core.named_files import read_named

Listed = Sequence[tuple[str, str | None]]


def load(card: Card, folder: str, train: Listed, test: Listed) -> Dataset:
    """Read the files of both lists: a path below `folder` and the name of a class, or None where nobody knows it.

    Raises ValueError, one sentence, for a file that is not there or cannot be read.
    """
    return Dataset(card, *_rows(card, Path(folder), train), *_rows(card, Path(folder), test))


def _rows(card: Card, folder: Path, listed: Listed) -> tuple:
    import torch

    images = np.zeros((len(listed), *card.shape), dtype=np.uint8)
    for row, (path, _) in enumerate(listed):
        try:
            picture, _ = read_square(read_named(folder / path, MOST_BYTES + 1), card.side, card.fit)
        except OSError:
            raise ValueError(f"{folder / path} cannot be read: say in FOLDER where the pictures lie.") from None
        images[row] = in_colours(picture, card.channels)
    labels = [UNKNOWN if name is None else card.classes.index(name) for _, name in listed]
    return torch.from_numpy(images), torch.tensor(labels, dtype=torch.int64)
