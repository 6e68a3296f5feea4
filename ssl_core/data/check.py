"""What can be wrong with a data set: the same picture twice, in two parts of a split or in one, and unequal classes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.data.card import UNKNOWN
from ssl_core.data.split import Split

BITS = 6  # of 64 that may differ; 10 is the usual limit on photographs of full size, small pictures have less detail
ROUGHLY, NEARLY = 0.97, 0.95  # least correlation of thumbnails, then of the pictures: a hash finds too many alike
CLOSE = 0.985  # what a page starts from: on CIFAR-10 such pairs are one photograph, on clothes often two alike
HASH, THUMB = 8, 12  # sides of the hash and of the thumbnail
ROWS = 256  # pictures compared at once
BLOCK = 2_000  # pictures shrunk at once, so that memory stays small
CANDIDATES = 20_000  # pairs compared pixel by pixel at once
MOST_TWINS = 5_000  # pairs kept of one part: a set of clothes has more that are much alike than anybody looks at
UNEQUAL = 3.0  # times as many pictures of the largest class as of the smallest that deserve a warning


APART = (  # the test against everything first, as it matters most; a labelled picture may also be an unlabelled one
    ("labelled", "test"),
    ("unlabelled", "test"),
    ("validation", "test"),
    ("labelled", "validation"),
    ("unlabelled", "validation"),
    ("labelled", "unlabelled"),
)


class Leak(NamedTuple):
    """Two pictures that are nearly the same: their parts, rows in train or test, labels, and correlation."""

    parts: tuple[str, str]
    rows: tuple[int, int]
    labels: tuple[int, int]
    likeness: float


def shrink(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Grey float32 [N, height, width] in 0..255: each value the mean of its area of a picture [N, C, H, W]."""
    rows, columns = _areas(images.shape[2], height), _areas(images.shape[3], width)
    small = [
        np.einsum(
            "hy,nyx,wx->nhw", rows, images[at : at + BLOCK].mean(axis=1, dtype=np.float32), columns, optimize=True
        )
        for at in range(0, max(len(images), 1), BLOCK)
    ]
    return np.concatenate(small)


def _areas(size: int, count: int) -> np.ndarray:
    """Weights [count, size] of `count` equal areas along `size` pixels; each row sums to 1."""
    edges, pixel = np.linspace(0, size, count + 1), np.arange(size)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    weight = np.clip(overlap, 0, None)
    return (weight / weight.sum(axis=1, keepdims=True)).astype(np.float32)


def hashes(images: np.ndarray) -> np.ndarray:
    """The difference hash: 64 signs, +1 where grey grows to the right, float32 [N, 64].

    Krawetz 2013, "Kind of Like That" (dHash): 9×8 grey values, each compared with its right neighbour.
    """
    small = shrink(images, HASH, HASH + 1)
    return np.where(np.diff(small, axis=2) > 0, np.float32(1), np.float32(-1)).reshape(len(images), HASH * HASH)


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Small grey pictures without their mean, of length 1, float32 [N, 144]: a product is a correlation."""
    return _unit(shrink(images, THUMB, THUMB))


def _unit(images: np.ndarray) -> np.ndarray:
    flat = images.reshape(len(images), int(np.prod(images.shape[1:]))).astype(np.float32)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


class Prints(NamedTuple):
    """What pictures are compared by: themselves, their hashes and their thumbnails."""

    images: np.ndarray
    hashes: np.ndarray
    thumbs: np.ndarray

    @staticmethod
    def of(images: np.ndarray) -> Prints:
        """Both prints of pictures uint8 [N, C, H, W]."""
        return Prints(images, hashes(images), thumbnails(images))

    def at(self, rows: np.ndarray | slice) -> Prints:
        """The prints of some of the pictures."""
        return Prints(*(part[rows] for part in self))


def near(mine: Prints, theirs: Prints) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of nearly the same pictures: rows of both, and their correlation in all pixels and colours.

    A hash finds candidates, a thumbnail sorts out most, all pixels decide.
    """
    none = np.empty(0, dtype=np.int64)
    pairs = [(none, none, np.empty(0))]
    for start in range(0, len(mine.images), ROWS):
        alike = mine.hashes[start : start + ROWS] @ theirs.hashes.T >= HASH * HASH - 2 * BITS
        a, b = np.divmod(np.flatnonzero(alike), len(theirs.images))
        a = a + start
        for at in range(0, len(a), CANDIDATES):
            pair = a[at : at + CANDIDATES], b[at : at + CANDIDATES]
            rough = np.einsum("ij,ij->i", mine.thumbs[pair[0]], theirs.thumbs[pair[1]]) >= ROUGHLY
            i, j = pair[0][rough], pair[1][rough]
            likeness = np.einsum("ij,ij->i", _unit(mine.images[i]), _unit(theirs.images[j]))
            keep = likeness >= NEARLY
            pairs.append((i[keep], j[keep], likeness[keep]))
    return tuple(np.concatenate(column) for column in zip(*pairs, strict=True))


def equal(mine: np.ndarray, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of equal vectors [n, D], [m, D]: rows of both, and 1 for each pair.

    Of vectors only copies can be told from neighbours: what is near depends on what the numbers mean.
    """
    _, number = np.unique(np.concatenate([mine, theirs]), axis=0, return_inverse=True)
    here, there = np.split(number.ravel(), [len(mine)])  # NumPy 2.0 alone gives the numbers a second axis
    order = np.argsort(there, kind="stable")
    first, last = (np.searchsorted(there[order], here, side) for side in ("left", "right"))
    i = np.repeat(np.arange(len(here)), last - first)
    j = [order[a:b] for a, b in zip(first, last, strict=True)]
    return i, np.concatenate([np.empty(0, np.int64), *j]), np.ones(len(i))


def leaks(
    images: np.ndarray, labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray, drawn: Split
) -> list[Leak]:
    """Nearly the same pictures, or equal vectors, in two parts that must not share any, the most alike first."""
    rows, prints = _parts(images, test_images, drawn)
    alike = []
    for first, second in APART:
        pairs = (near if images.ndim == 4 else equal)(prints[first], prints[second])
        alike += _named((first, second), rows, pairs, labels, test_labels)
    return sorted(alike, key=lambda leak: -leak.likeness)


def twins(
    images: np.ndarray, labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray, drawn: Split
) -> list[Leak]:
    """Nearly the same pictures, or equal vectors, inside one part, each pair once, the most alike first.

    Of a part with very many, the `MOST_TWINS` that are most alike.
    """
    rows, prints = _parts(images, test_images, drawn)
    alike = []
    for part, own in prints.items():
        pairs = _most_alike(near_inside(own) if images.ndim == 4 else _once(equal(own, own)))
        alike += _named((part, part), rows, pairs, labels, test_labels)
    return sorted(alike, key=lambda leak: -leak.likeness)


Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]  # rows of both, and their correlation


def near_inside(mine: Prints) -> Pairs:
    """Pairs of nearly the same pictures among these, the first row below the second."""
    found = []
    for start in range(0, len(mine.images), ROWS):  # each with itself and those behind it alone: half the work
        i, j, likeness = near(mine.at(slice(start, start + ROWS)), mine.at(slice(start, None)))
        found.append(_once((i + start, j + start, likeness)))
    none = np.empty(0, dtype=np.int64)
    return tuple(np.concatenate(column) for column in zip((none, none, np.empty(0)), *found, strict=True))


def _once(pairs: Pairs) -> Pairs:
    keep = pairs[0] < pairs[1]
    return tuple(column[keep] for column in pairs)


def _most_alike(pairs: Pairs) -> Pairs:
    best = np.argsort(-pairs[2], kind="stable")[:MOST_TWINS]
    return tuple(column[best] for column in pairs)


def _parts(images: np.ndarray, test_images: np.ndarray, drawn: Split) -> tuple[dict, dict]:
    """Rows of each part, in train or in the test, and what its pictures, or vectors, are compared by."""
    free = np.setdiff1d(drawn.unlabelled, drawn.labelled)
    rows = {"labelled": drawn.labelled, "unlabelled": free, "validation": drawn.validation}
    train, test = (Prints.of(images), Prints.of(test_images)) if images.ndim == 4 else (images, test_images)
    prints = {part: train.at(own) if images.ndim == 4 else train[own] for part, own in rows.items()}
    return rows | {"test": np.arange(len(test_images))}, prints | {"test": test}


def _named(
    parts: tuple[str, str], rows: dict[str, np.ndarray], pairs: Pairs, labels: np.ndarray, test_labels: np.ndarray
) -> list[Leak]:
    """These pairs as leaks, by rows and labels of train or test."""
    named = []
    for i, j, likeness in zip(*pairs, strict=True):
        places = int(rows[parts[0]][i]), int(rows[parts[1]][j])
        both = ((test_labels if part == "test" else labels)[row] for part, row in zip(parts, places, strict=True))
        named.append(Leak(parts, places, tuple(map(int, both)), float(likeness)))
    return named


def unequal(labels: np.ndarray, classes: tuple[str, ...]) -> str:
    """A warning about classes of very unequal size as far as labels are known, one sentence, or nothing."""
    counts = np.bincount(labels[labels != UNKNOWN], minlength=len(classes))
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[most] <= UNEQUAL * counts[least]:
        return ""
    times = counts[most] / max(counts[least], 1)
    return (
        f"The classes are unequal: {counts[most]:,} pictures of {classes[most]}, {counts[least]:,} of {classes[least]} "
        f"({times:.0f} times as many). Accuracy can look good while {classes[least]} is never recognised."
    )
