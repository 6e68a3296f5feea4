"""scikit-learn's 1,797 real 8×8 digits: no download, trains in seconds."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ssl_core.data.card import Card, Dataset

CARD = Card(
    name="digits",
    title="Digits, 8×8 grey",
    text="1,797 real handwritten digits, shrunk to 8×8 pixels. Small enough to train in seconds, "
    "and mirrored or turned digits become other digits, so augmentation must be gentle.",
    classes=tuple("0123456789"),
    channels=1,
    side=8,
    train=1_300,
    validation=200,
    test=497,
    mirrors=(),
    turns=40.0,  # a 6 turned half round is a 9, a 4 or a 7 long before that no digit
    shift=1,
    licence="UCI Optical Recognition of Handwritten Digits, as shipped in scikit-learn (BSD-3).",
    module=__name__,
)


def load(card: Card) -> Dataset:
    """1,300 pictures for training and 497 for the test, shuffled once and for ever (seed 0)."""
    import torch  # here, not above: a card is read by pages that need no tensors

    table = _table()
    pictures = table[:, :-1].reshape(-1, card.side, card.side)
    images = np.round(pictures * (255 / 16)).astype(np.uint8)[:, None]  # stored as 0..16; the channel counts as last
    order = np.random.RandomState(0).permutation(len(images))
    images, labels = torch.from_numpy(images[order]), torch.from_numpy(table[order, -1].astype(np.int64))
    return Dataset(card, images[: card.train], labels[: card.train], images[card.train :], labels[card.train :])


def _table() -> np.ndarray:
    """What load_digits of scikit-learn reads: 64 pixels of 0..16 and the digit, a row each, float64 [1797, 65].

    Its file is read instead of asking it: importing scikit-learn takes a second, for which a first run would wait.
    """
    package = Path(find_spec("sklearn").origin).parent
    with gzip.open(package / "datasets" / "data" / "digits.csv.gz", "rt") as file:
        return np.loadtxt(file, delimiter=",")
