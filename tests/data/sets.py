"""Small data sets of a kind that the catalog has none of, registered as a new set would be: one card, one `load`."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from ssl_core.data import digits
from ssl_core.data.card import UNKNOWN, Card, Dataset

MOONS = Card(
    name="moons",
    title="Two moons, points of a plane",
    text="Two half circles that reach into each other. Nobody knows half of the labels, and there is no test.",
    classes=("upper", "lower"),
    channels=2,
    side=1,
    train=400,
    validation=40,
    test=0,
    mirrors=(),
    shift=0,
    licence="Made by this project (MIT).",
    module=__name__,
    pictures=False,
    unknown=200,
)
MOSTLY_UNKNOWN = dataclasses.replace(
    digits.CARD, name="mostly_unknown", title="Digits, nine of ten without a label", unknown=1_170, validation=30,
    module=__name__,
)  # fmt: skip


def load(card: Card) -> Dataset:
    """One of the two."""
    return _moons(card) if card.name == "moons" else _digits(card)


def true_labels(count: int = MOONS.train) -> np.ndarray:
    """Which moon each point lies on, also of those whose label is hidden."""
    return np.arange(count) % 2


def _moons(card: Card) -> Dataset:
    random, y = np.random.RandomState(0), true_labels()
    angle = random.uniform(0, np.pi, card.train)
    upper, lower = np.c_[np.cos(angle), np.sin(angle)], np.c_[1 - np.cos(angle), 0.5 - np.sin(angle)]
    points = np.where(y[:, None] == 0, upper, lower) + random.normal(0, 0.1, (card.train, 2))
    labels = y.copy()
    labels[random.permutation(card.train)[: card.unknown]] = UNKNOWN
    rows = torch.from_numpy(points.astype(np.float32)), torch.from_numpy(labels.astype(np.int64))
    return Dataset(card, *rows, torch.empty(0, 2), torch.empty(0, dtype=torch.int64))


def _digits(card: Card) -> Dataset:
    whole = digits.load(dataclasses.replace(digits.CARD))
    labels = whole.labels.clone()
    labels[torch.from_numpy(np.random.RandomState(0).permutation(card.train)[: card.unknown])] = UNKNOWN
    return dataclasses.replace(whole, card=card, labels=labels)
