"""Who gets a label: the same seed draws the same pictures on every machine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.data.card import UNKNOWN


class Split(NamedTuple):
    """Indices into the training rows, int64; labelled and validation never share one, and never hold an unknown."""

    labelled: np.ndarray
    unlabelled: np.ndarray
    validation: np.ndarray


def split(
    labels: np.ndarray,
    count: int,
    seed: int,
    *,
    validation: int = 0,
    held: bool = False,
    unlabelled: str = "excludes",
    imbalance: float = 1.0,
) -> Split:
    """Draw `count` labelled rows, class balanced, and say what the others are for.

    Rows whose label is UNKNOWN are unlabelled and nothing else. Draws are nested: the 20 labels of a seed are among
    its 40. `unlabelled` says whether the unlabelled set "includes" the labelled rows (FixMatch) or "excludes" them
    (MixMatch). `imbalance` above 1 makes a long tail: the first class gets that many times the labels of the last,
    geometrically between. With `held` the validation is the last rows, which somebody brought as such; otherwise it is
    drawn in equal shares, and no class gives more than half of its rows to it where that suffices.
    Raises ValueError, one sentence, when the known labels do not suffice.
    """
    labels = np.asarray(labels)
    if held:
        cut = len(labels) - validation
        drawn = split(labels[:cut], count, seed, unlabelled=unlabelled, imbalance=imbalance)
        return drawn._replace(validation=np.arange(cut, len(labels)))
    classes = int(labels.max(initial=UNKNOWN)) + 1
    if not classes:
        raise ValueError("Nobody knows the class of any picture here: label a few first.")
    # RandomState is frozen by NumPy's own rules: its stream will not change with a version.
    random = np.random.RandomState(seed)
    piles = [random.permutation(np.flatnonzero(labels == c)) for c in range(classes)]
    order = random.permutation(classes)  # who gets the one more when count does not divide evenly

    whole = np.array([len(pile) for pile in piles])
    most = whole // 2 if (whole // 2).sum() >= validation else whole
    aside = _shares(validation, most, order, np.ones(classes))
    rest = [pile[h:] for pile, h in zip(piles, aside, strict=True)]
    sizes = np.array([len(pile) for pile in rest])
    if not classes <= count <= sizes.sum():
        raise ValueError(f"labels must lie between {classes} (one a class) and {sizes.sum()}, not {count}.")
    tail = imbalance ** (-np.arange(classes) / max(classes - 1, 1))
    shares = _shares(count, sizes, order, tail)

    labelled = np.sort(np.concatenate([pile[:g] for pile, g in zip(rest, shares, strict=True)]))
    others = [pile if unlabelled == "includes" else pile[g:] for pile, g in zip(rest, shares, strict=True)]
    free = np.sort(np.concatenate([*others, np.flatnonzero(labels == UNKNOWN)]))
    kept = np.sort(np.concatenate([pile[:h] for pile, h in zip(piles, aside, strict=True)]))
    # With every label given nothing is left over: then the labelled pictures serve as unlabelled ones too.
    return Split(labelled, free if len(free) else labelled, kept)


def _shares(count: int, sizes: np.ndarray, order: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How many of `count` each class gets: by weight, at least one if it can, never more than it has."""
    shares = np.minimum(sizes, np.minimum(1, count // len(sizes)))
    while shares.sum() < count:  # one at a time, to the class furthest below its share
        lack = np.where(shares < sizes, shares / weight, np.inf)[order]
        shares[order[np.argmin(lack)]] += 1
    return shares
