"""Which pictures become the test where nobody brought one: told by their contents, so that more pictures move none."""

from __future__ import annotations

import hashlib
from collections.abc import Set

import numpy as np

SHARE = 0.2
MANY = 50  # pictures of a class from which a share of the numbers is a fair share of the pictures
LEAST_LEFT = 2  # pictures of a class that stay to learn from


def print_of(content: bytes) -> int:
    """A number of 63 bits that only this file has."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big") >> 1


def draw_test(prints: np.ndarray, labels: np.ndarray, before: Set[int] = frozenset()) -> np.ndarray:
    """True for the test pictures: a fifth of each class, at least one, and those that were test `before`.

    Of a large class all whose number lies in the lowest fifth, so that membership hangs on the picture alone; of a
    small one those with the lowest numbers. Equal pictures stay together where they are not most of their class.
    """
    test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels[labels >= 0]):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(prints[rows], kind="stable")]
        numbers, count = prints[rows], len(rows)
        old = np.array([int(number) in before for number in numbers], dtype=bool)
        if count >= MANY:
            new = numbers < int(SHARE * 2**63)
        else:
            wanted = max(1, round(SHARE * count)) - int(old.sum())
            new = ~old & (np.cumsum(~old) <= wanted)
            more = np.isin(numbers, numbers[new])
            new = more if (more | old).sum() <= count // 2 else new
        first = np.concatenate([np.flatnonzero(old), np.flatnonzero(new & ~old)])
        test[rows[first[: max(count - LEAST_LEFT, 1)]]] = True
    return test
