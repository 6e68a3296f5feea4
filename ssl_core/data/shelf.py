"""Pictures put down one after the other on the disk, so that memory stays flat however many there are."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence

import numpy as np

BLOCK = 256  # rows that are in memory at once


class Rows:
    """Some pictures of a shelf, in an order: shape and type as an array has them, read in blocks."""

    dtype = np.dtype(np.uint8)

    def __init__(self, shelf: Shelf, order: np.ndarray) -> None:
        self.shelf, self.order = shelf, order
        self.shape = (len(order), *shelf.shape)
        self.each = int(np.prod(shelf.shape))

    def __len__(self) -> int:
        return len(self.order)

    @property
    def nbytes(self) -> int:
        """Bytes of all of them."""
        return len(self) * self.each

    def blocks(self) -> Iterator[np.ndarray]:
        """The rows, a few at a time."""
        for start in range(0, len(self), BLOCK):
            rows = self.order[start : start + BLOCK]
            block = np.empty((len(rows), *self.shape[1:]), np.uint8)
            for place, row in zip(block, rows, strict=True):
                place.ravel()[:] = np.frombuffer(self.shelf.get(int(row) * self.each, self.each), np.uint8)
            yield block

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        whole = np.concatenate([np.empty((0, *self.shape[1:]), np.uint8), *self.blocks()])
        return whole if dtype is None else whole.astype(dtype)


class Joined:
    """Arrays one after the other, read in blocks, as if they were one."""

    def __init__(self, parts: Sequence[np.ndarray]) -> None:
        self.parts, self.dtype = parts, parts[0].dtype
        self.shape = (sum(len(part) for part in parts), *parts[0].shape[1:])

    def __len__(self) -> int:
        return self.shape[0]

    def blocks(self) -> Iterator[np.ndarray]:
        """The rows, a few at a time."""
        for part in self.parts:
            for start in range(0, len(part), BLOCK):
                yield part[start : start + BLOCK]


class Shelf:
    """Takes pictures uint8 of one shape; they are gone with the last of its rows."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - rows read it later
        weakref.finalize(self, self._file.close)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, picture: np.ndarray) -> None:
        """One more."""
        self._file.write(np.ascontiguousarray(picture).data)
        self._count += 1

    def rows(self, order: np.ndarray) -> Rows:
        """These of them, in this order."""
        return Rows(self, np.asarray(order))

    def get(self, start: int, count: int) -> bytes:
        """Some of the bytes."""
        self._file.seek(start)
        return self._file.read(count)
