"""scikit-learn's 1,797 real 8×8 digits: no download, trains in seconds."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.datasets import load_digits

from ssl_core.data.card import Card, Dataset


def load(card: Card) -> Dataset:
    """1,300 pictures for training and 497 for the test, shuffled once and for ever (seed 0)."""
    table = load_digits()
    images = np.round(table.images * (255 / 16)).astype(np.uint8)[:, None]  # stored as 0..16
    order = np.random.RandomState(0).permutation(len(images))
    images, labels = torch.from_numpy(images[order]), torch.from_numpy(table.target[order].astype(np.int64))
    return Dataset(card, images[: card.train], labels[: card.train], images[card.train :], labels[card.train :])
