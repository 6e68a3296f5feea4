"""SMOTE, traced: every new sample knows its seed sample, its neighbour and its gap (Chawla et al. 2002)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ssl_core.oversample.variants import K

Names = Mapping[int, str]  # of classes, by label
NO_NAMES: Names = {}


class Traced(NamedTuple):
    """Real samples first, then the new ones; the trace has one entry for each new one."""

    X: np.ndarray  # [n + s, d], in the type it came in
    y: np.ndarray  # [n + s]
    base: np.ndarray  # the row it starts from [s]
    neighbour: np.ndarray  # the row it moves towards [s]
    gap: np.ndarray  # how far: 0 is the base, 1 the neighbour [s]
    notes: tuple[str, ...] = ()  # what a reader should know, a sentence each

    @property
    def real(self) -> int:
        """How many real samples there are, n."""
        return len(self.X) - len(self.base)

    @property
    def new(self) -> np.ndarray:
        """The new samples [s, d]."""
        return self.X[self.real :]

    @property
    def label(self) -> np.ndarray:
        """The classes of the new samples [s]."""
        return self.y[self.real :]


def counts_of(y: np.ndarray) -> dict[int, int]:
    """Samples of each class, classes ascending."""
    classes, counts = np.unique(y, return_counts=True)
    return dict(zip(classes.tolist(), counts.tolist(), strict=True))


def missing(y: np.ndarray, fill: int = 0) -> dict[int, int]:
    """New samples each class needs to be as large as the largest, or to have `fill` if that is more; ascending."""
    counts = counts_of(y)
    target = max(fill, *counts.values())
    return {label: target - count for label, count in counts.items() if count < target}


def neighbours_of(X: np.ndarray, k: int) -> np.ndarray:
    """Rows of the k nearest others [n, k], by scikit-learn; the nearest of all is taken to be the sample itself."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=k + 1).fit(X).kneighbors(X, return_distance=False)[:, 1:]


def smote(
    X: np.ndarray,
    y: np.ndarray,
    *,
    k: int = K,
    seed: int | np.random.RandomState = 0,
    wanted: Mapping[int, int] | None = None,
    spread: str = "random",
    names: Names = NO_NAMES,
    lenient: bool = False,
) -> Traced:
    """Add samples on the lines between same-class neighbours until all classes are equal, or as `wanted` says.

    X is float [n, d], y whole numbers [n]; `wanted` maps a class to how many to add. Equal to imbalanced-learn, bit
    for bit; like there, a whole-number seed starts anew for every class. `spread` is how base samples are chosen:
    "random" (imbalanced-learn) or "even" (each equally often, as in the paper's algorithm). Sentences call a class by
    its name in `names`, else by its number. Raises ValueError, one sentence, for data it cannot work on; `lenient`
    lowers k to what a small class has, and copies the only sample of a class, as training does.
    """
    check(X, y)
    if spread not in ("random", "even"):
        raise ValueError(f"Base samples are chosen random or even, not {spread!r}.")
    wanted = missing(y) if wanted is None else dict(sorted(wanted.items()))
    parts, notes = [], []
    for label, count in wanted.items():
        rows = np.flatnonzero(y == label)
        near_k, note = fitted(label, len(rows), k, names) if lenient else (k, "")
        notes += [note] if note else []
        alone = lenient and len(rows) == 1
        if not alone:
            check_class(label, len(rows), near_k, names)
        own = X[rows]
        near = np.zeros((1, 1), np.int64) if alone else neighbours_of(own, near_k)
        random = seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(seed)
        place, gap = _draw(random, near.shape, count, spread)
        base, column = np.divmod(place, near.shape[1])
        other = near[base, column]
        new = (own[base] + gap[:, None] * (own[other] - own[base])).astype(X.dtype)
        parts.append((new, np.full(count, label, y.dtype), rows[base], rows[other], gap))
        if not alone and (own == own[0]).all():
            notes.append(f"All samples of class {names.get(label, label)} are equal, so its new ones are copies.")
    empty = (X[:0], y[:0], np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    new, labels, base, other, gap = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    return Traced(np.concatenate([X, new]), np.concatenate([y, labels]), base, other, gap, tuple(notes))


def _draw(
    random: np.random.RandomState, shape: tuple[int, int], count: int, spread: str
) -> tuple[np.ndarray, np.ndarray]:
    """Places in the table of neighbours, then gaps: in this order, and each in one call, as imbalanced-learn does."""
    rows, k = shape
    if spread == "even":
        turns = np.concatenate([random.permutation(rows) for _ in range(-(-count // rows))])[:count]
        return turns * k + random.randint(0, k, count), random.uniform(size=count)
    return random.randint(0, rows * k, count), random.uniform(size=count)


def check(X: np.ndarray, y: np.ndarray) -> None:
    """Raise ValueError, one sentence, for samples no variant can work on."""
    if not np.issubdtype(X.dtype, np.floating):
        raise ValueError(f"SMOTE on whole numbers ({X.dtype}) would wrap around: convert the samples to float first.")
    if X.ndim != 2:
        raise ValueError(f"SMOTE needs one row a sample, not {X.ndim} dimensions: flatten the pictures first.")
    if not np.isfinite(X).all():
        raise ValueError("Some samples hold NaN or infinity: remove them first.")
    if len(np.unique(y)) < 2:
        raise ValueError("There is only one class, so nothing is out of balance: choose at least two classes.")


def fitted(label: int, size: int, k: int, names: Names = NO_NAMES) -> tuple[int, str]:
    """The k that a class of `size` samples can have, 0 where it has one alone, and a sentence where that is less."""
    if size == 0 or 1 <= k < size:
        return k, ""
    name = names.get(label, label)
    if size == 1:
        return 0, f"Class {name} has a single sample, so it gets copies."
    return size - 1, f"Class {name} has {size} samples, so k is {size - 1} there."


def check_class(label: int, size: int, k: int, names: Names = NO_NAMES) -> None:
    """Raise ValueError, one sentence, for a class that is too small for k neighbours."""
    name = names.get(label, label)
    if size == 0:
        raise ValueError(f"Class {name} has no samples: choose among the classes that have some.")
    if size == 1:
        raise ValueError(f"Class {name} has a single sample, so there is no line to draw: give it at least two.")
    if k < 1 or k >= size:
        raise ValueError(
            f"With k = {k} every sample needs {k} others of its class, and class {name} has {size - 1}: "
            f"choose k from 1 to {size - 1}."
        )
