"""Oversampling as training uses it: a labelled set of pictures in, a balanced one out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.oversample.smote import missing, smote
from ssl_core.oversample.space import flat

REBALANCE = ("none", "copies", "smote")


class Balanced(NamedTuple):
    """Pictures uint8 [m, C, H, W], or vectors [m, D], and labels [m], the given first, and what to know of them."""

    images: np.ndarray
    labels: np.ndarray
    notes: tuple[str, ...]


def rebalance(how: str, images: np.ndarray, labels: np.ndarray, seed: int, k: int = 5, fill: int = 0) -> Balanced:
    """Make all classes of a labelled set as large as the largest, by copies or by SMOTE in pixels (or numbers).

    `fill` asks for so many of each class where the largest has fewer.
    It never fails for a small class: k is lowered to what the class has, and a class with one picture gets copies.
    Only for the labelled pictures that train; never for validation or test.
    """
    if how not in REBALANCE:
        raise ValueError(f"The labelled set can be rebalanced by {', '.join(REBALANCE)}, not by {how!r}.")
    lacking = {} if how == "none" else missing(labels, fill)
    parts, notes = [(images, labels)], []
    for label, count in lacking.items():
        rows = np.flatnonzero(labels == label)
        near = min(k, len(rows) - 1)
        if how == "smote" and near:
            new = _between(images, labels, label, count, near, seed)
            if near < k:
                notes.append(f"Class {label} has {len(rows)} labelled pictures, so k is {near} there.")
        else:
            new = images[np.random.RandomState(seed).choice(rows, count)]
            if how == "smote":
                notes.append(f"Class {label} has one labelled picture, so it gets copies.")
        parts.append((new, np.full(count, label, labels.dtype)))
    pictures, names = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Balanced(pictures, names, tuple(notes))


def _between(images: np.ndarray, labels: np.ndarray, label: int, count: int, k: int, seed: int) -> np.ndarray:
    """`count` pictures of a class on lines between its own, as bytes again; vectors stay what they are."""
    if images.dtype != np.uint8:
        return smote(images, labels, k=k, seed=seed, wanted={label: count}).new.astype(images.dtype)
    new = smote(flat(images), labels, k=k, seed=seed, wanted={label: count}).new
    return np.round(new * 255).clip(0, 255).astype(np.uint8).reshape(-1, *images.shape[1:])
