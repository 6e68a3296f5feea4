"""An unbalanced set to start from: classes of a data set with a long tail, or two features in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

PLANES = {
    "moons": "Two moons: two half circles that reach into each other.",
    "blobs": "Three clouds, the rare one between the others.",
    "ring": "A rare ring around a common middle: lines between its points cut through the middle.",
}

MOST = 1000  # pictures with sizes of their own: balancing ten times as many takes a hundred times as long
FEW = 6  # a sample and its five neighbours


class Samples(NamedTuple):
    """Features float64 [n, d] and classes int64 [n]; `rows` says which pictures of the data set these are."""

    X: np.ndarray
    y: np.ndarray
    rows: np.ndarray | None = None


def tail_sizes(classes: int, largest: int, imbalance: float) -> np.ndarray:
    """Class sizes from `largest` down to largest / imbalance, geometrically between, at least 1 each."""
    place = np.arange(classes) / max(classes - 1, 1)
    return np.maximum(1, np.round(largest * imbalance**-place)).astype(int)


def unbalanced(labels: np.ndarray, classes: Sequence[int], largest: int, imbalance: float, seed: int) -> np.ndarray:
    """Rows of a long-tailed draw: the first class named is the largest, the last `imbalance` times smaller.

    Raises ValueError, one sentence, when it cannot be drawn.
    """
    _at_least_two(classes)
    random = np.random.RandomState(seed)
    rows = []
    for label, size in zip(classes, tail_sizes(len(classes), largest, imbalance), strict=True):
        pile = random.permutation(np.flatnonzero(labels == label))
        rows.append(pile[:size])
    return np.sort(np.concatenate(rows))


def as_they_are(
    labels: np.ndarray, classes: Sequence[int], seed: int, most: int = MOST, share: float = 1.0
) -> np.ndarray:
    """Rows of a draw that keeps the classes' own sizes in proportion: all of them, or `most` rows, or a `share`.

    Of a class at least FEW stay, or all it has. Raises ValueError, one sentence, for a single class.
    """
    _at_least_two(classes)
    random = np.random.RandomState(seed)
    piles = [np.flatnonzero(labels == label) for label in classes]
    share = min(share, most / max(sum(map(len, piles)), 1))
    kept = [max(round(share * len(pile)), min(FEW, len(pile))) for pile in piles]
    return np.sort(np.concatenate([random.permutation(p)[:n] for p, n in zip(piles, kept, strict=True)]))


def _at_least_two(classes: Sequence[int]) -> None:
    if len(classes) < 2:
        raise ValueError("There is only one class, so nothing is out of balance: choose at least two classes.")


def plane(name: str, largest: int, imbalance: float, seed: int, noise: float = 0.15) -> Samples:
    """Two features: the classes of PLANES, the last one `imbalance` times smaller than the first."""
    random = np.random.RandomState(seed)
    rare = max(1, round(largest / imbalance))
    if name == "moons":
        angle, other = random.uniform(0, np.pi, largest), random.uniform(0, np.pi, rare)
        parts = [np.c_[np.cos(angle), np.sin(angle)], np.c_[1 - np.cos(other), 0.5 - np.sin(other)]]
    elif name == "ring":
        angle = random.uniform(0, 2 * np.pi, rare)
        parts = [random.normal(0, 0.45, (largest, 2)), 1.3 * np.c_[np.cos(angle), np.sin(angle)]]
    elif name == "blobs":
        middle = max(1, round(largest / np.sqrt(imbalance)))
        spots = ((-1.2, 0), (1.2, 0.3), (0, -0.3))
        sizes = (largest, middle, rare)
        parts = [random.normal(spot, 0.45, (size, 2)) for spot, size in zip(spots, sizes, strict=True)]
    else:
        raise ValueError(f"There is no toy set {name!r}. Choose one of {', '.join(PLANES)}.")
    X = np.concatenate(parts)
    X += random.normal(0, noise, X.shape)
    return Samples(X, np.repeat(np.arange(len(parts)), [len(part) for part in parts]))


def of_classes(images: np.ndarray, labels: np.ndarray, classes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """All pictures of some classes: the untouched test data."""
    rows = np.isin(labels, classes)
    return images[rows], labels[rows]
