"""Oversampling as training uses it: a labelled set of pictures in, a balanced one out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.oversample.smote import missing, smote
from ssl_core.oversample.space import flat
from ssl_core.oversample.variants import K

REBALANCE = ("none", "copies", "smote")


class Balanced(NamedTuple):
    """Pictures uint8 [m, C, H, W], or vectors [m, D], and labels [m], the given first, and what to know of them."""

    images: np.ndarray
    labels: np.ndarray
    notes: tuple[str, ...]


def rebalance(how: str, images: np.ndarray, labels: np.ndarray, seed: int, k: int = K, fill: int = 0) -> Balanced:
    """Make all classes of a labelled set as large as the largest, by copies or by SMOTE in pixels (or numbers).

    `fill` asks for so many of each class where the largest has fewer.
    It never fails for a small class: k is lowered to what the class has, and a class with one picture gets copies.
    Only for the labelled pictures that train; never for validation or test.
    """
    if how not in REBALANCE:
        raise ValueError(f"The labelled set can be rebalanced by {', '.join(REBALANCE)}, not by {how!r}.")
    lacking = {} if how == "none" else missing(labels, fill)
    if not lacking:
        return Balanced(images, labels, ())
    if how == "smote":
        new, names, notes = _between(images, labels, lacking, seed, k)
    else:
        rows = [np.random.RandomState(seed).choice(np.flatnonzero(labels == c), n) for c, n in lacking.items()]
        new, notes = images[np.concatenate(rows)], ()
        names = np.repeat(list(lacking), list(lacking.values())).astype(labels.dtype)
    return Balanced(np.concatenate([images, new]), np.concatenate([labels, names]), notes)


def _between(images: np.ndarray, labels: np.ndarray, lacking: dict[int, int], seed: int, k: int) -> tuple:
    """New rows on lines between those of a class, pictures as bytes again, with their labels and what to know."""
    bytes_in = images.dtype == np.uint8
    made = smote(flat(images) if bytes_in else images, labels, k=k, seed=seed, wanted=lacking, lenient=True)
    new = np.round(made.new * 255).clip(0, 255) if bytes_in else made.new
    return new.astype(images.dtype).reshape(-1, *images.shape[1:]), made.label, made.notes
