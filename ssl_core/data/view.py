"""A data set as a person looks at it: which pictures are in which part, average pictures, and a map of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.data.card import UNKNOWN, Dataset
from ssl_core.data.check import Leak, leaks, shrink, twins, unequal
from ssl_core.data.split import Split, split
from ssl_core.images.writing import to_source

PARTS = ("labelled", "unlabelled", "validation", "test")
MOST_POINTS = 1_500  # of the map
MAP_SIDE = 16  # pixels a side are enough to tell where on the map a picture lies


class Seen(NamedTuple):
    """A data set as arrays, and a split of it."""

    data: Dataset
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    drawn: Split

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.data.card.classes

    @property
    def unknown(self) -> int:
        """How many of the unlabelled rows are of a class that nobody knows."""
        return int((self.labels == UNKNOWN).sum())

    def rows(self, part: str) -> np.ndarray:
        """Rows of a part, in train or, for the test, in the test pictures."""
        return np.arange(len(self.test_labels)) if part == "test" else self.drawn[PARTS.index(part)]

    def of(self, part: str) -> tuple[np.ndarray, np.ndarray]:
        """Pictures and labels that `rows` number."""
        return (self.test_images, self.test_labels) if part == "test" else (self.images, self.labels)


class Shot(NamedTuple):
    """One picture to show."""

    src: str
    label: str
    part: str


def see(data: Dataset, count: int, seed: int, imbalance: float, unlabelled: str = "includes") -> Seen:
    """A split of a data set, the one that training draws; raises ValueError, one sentence, as split does."""
    arrays = [part.numpy() for part in (data.images, data.labels, data.test_images, data.test_labels)]
    aside = {"validation": data.card.validation, "held": data.card.held}
    drawn = split(arrays[1], count, seed, unlabelled=unlabelled, imbalance=imbalance, **aside)
    return Seen(data, *arrays, drawn)


def counts(seen: Seen) -> dict[str, list[int]]:
    """Pictures of each class in each part; those whose class nobody knows are in `seen.unknown`."""

    def each(labels: np.ndarray) -> list[int]:
        return np.bincount(labels[labels != UNKNOWN], minlength=len(seen.classes)).tolist()

    return {part: each(seen.of(part)[1][seen.rows(part)]) for part in PARTS}


def shots(seen: Seen, part: str, label: int | None, most: int) -> list[Shot]:
    """The first pictures of a part, of one class (or UNKNOWN), or of every class in turn and then some unknown ones."""
    labels, rows = seen.of(part)[1], seen.rows(part)
    if part == "unlabelled" and len(others := np.setdiff1d(rows, seen.drawn.labelled)):
        rows = others  # the labelled ones, where it includes them, are shown already
    if label is not None:
        chosen = rows[labels[rows] == label][:most]
    else:
        piles = [rows[labels[rows] == c] for c in range(len(seen.classes))]
        if len(unknown := rows[labels[rows] == UNKNOWN]):
            piles.append(unknown)
        each = max(1, most // len(piles))
        chosen = np.concatenate([pile[:each] for pile in piles])[:most]
    return [_shot(seen, part, row) for row in chosen]


def _shot(seen: Seen, part: str, row: int) -> Shot:
    images, labels = seen.of(part)
    return Shot(to_source(shown(seen, images[row])), seen.data.card.class_of(labels[row]), part)


def shown(seen: Seen, row: np.ndarray) -> np.ndarray:
    """A row as a picture uint8 [C, H, W]; a vector is a line of grey squares, from the set's least to its largest."""
    if seen.data.card.pictures:
        return row
    least, most = seen.images.min(), seen.images.max()
    return np.round((row - least) / max(most - least, 1e-12) * 255).clip(0, 255).astype(np.uint8)[None, None]


def averages(seen: Seen, part: str) -> list[Shot]:
    """The mean picture of each class of a part; classes without a picture are left out."""
    images, labels = seen.of(part)
    rows = seen.rows(part)
    piles = [(c, rows[labels[rows] == c]) for c in range(len(seen.classes))]
    means = [(c, images[pile].mean(axis=0)) for c, pile in piles if len(pile)]
    if seen.data.card.pictures:
        means = [(c, mean.round().astype(np.uint8)) for c, mean in means]
    return [Shot(to_source(shown(seen, mean)), seen.classes[c], part) for c, mean in means]


class Map(NamedTuple):
    """Pictures as points [N, 2], their labels, which of them are labelled, and the share of variance shown."""

    points: np.ndarray
    labels: np.ndarray
    labelled: np.ndarray
    share: float


def plane(seen: Seen) -> Map:
    """Principal components of the training rows, at most 1,500 of them and the labelled ones always among them.

    Pictures are shrunk to 16×16 first, in grey; vectors are taken as they are. Pearson 1901; by the eigenvectors of
    the covariance matrix.
    """
    labelled = seen.drawn.labelled[: MOST_POINTS // 2]
    others = np.setdiff1d(seen.drawn.unlabelled, labelled)
    others = np.random.RandomState(0).permutation(others)[: MOST_POINTS - len(labelled)]
    rows = np.concatenate([others, labelled])  # labelled ones last, so that they are drawn on top
    x = _numbers(seen, rows)
    x -= x.mean(axis=0)
    values, vectors = np.linalg.eigh(x.T @ x)
    first = vectors[:, -2:][:, ::-1]
    first = first * np.sign(first[np.abs(first).argmax(axis=0), [0, 1]])  # an eigenvector's sign is free: fix it
    share = float(values[-2:].sum() / max(values.sum(), 1e-12))
    return Map(x @ first, seen.labels[rows], np.isin(rows, labelled), share)


def _numbers(seen: Seen, rows: np.ndarray) -> np.ndarray:
    """Rows as float64 [n, d], d at least 2."""
    if not seen.data.card.pictures:
        x = seen.images[rows].astype(np.float64)
        return x if x.shape[1] > 1 else np.pad(x, ((0, 0), (0, 1)))
    side = min(MAP_SIDE, seen.images.shape[2])
    return shrink(seen.images[rows], side, side).reshape(len(rows), -1).astype(np.float64) / 255


class Pair(NamedTuple):
    """Two pictures that are nearly the same, to be shown side by side."""

    first: Shot
    second: Shot
    likeness: float


def leaked(seen: Seen, *, inside: bool = False) -> list[Leak]:
    """Nearly the same pictures of this split, in two parts or `inside` one; see check.leaks and check.twins."""
    return (twins if inside else leaks)(seen.images, seen.labels, seen.test_images, seen.test_labels, seen.drawn)


def pairs(seen: Seen, alike: list[Leak], most: int) -> list[Pair]:
    """The first leaks as pictures."""

    def shot(part: str, row: int, label: int) -> Shot:
        return Shot(to_source(shown(seen, seen.of(part)[0][row])), seen.data.card.class_of(label), part)

    return [
        Pair(*(shot(part, row, label) for part, row, label in zip(*leak[:3], strict=True)), leak.likeness)
        for leak in alike[:most]
    ]


def warning(seen: Seen) -> str:
    """What to know about the classes' sizes, one sentence, or nothing."""
    return unequal(seen.labels, seen.classes)


def some(data: Dataset, each: int, classes: int) -> list[tuple[int, list[str]]]:
    """Sources of up to `each` training pictures of the first classes, by label, and then of UNKNOWN ones."""
    labels = data.labels.numpy()
    chosen = [*range(min(classes, len(data.card.classes))), UNKNOWN]
    rows = {label: np.flatnonzero(labels == label)[:each] for label in chosen}
    return [(label, [to_source(data.images[row].numpy()) for row in few]) for label, few in rows.items() if len(few)]
