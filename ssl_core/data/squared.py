"""Pictures that people bring, decoded and made square in the size they are kept in, a few beside the one waited for.

Every one goes through ssl_core.images.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from ssl_core.data.held_back import print_of
from ssl_core.data.layout import Seat
from ssl_core.images.formats import Pixels, TooManyPixels, too_many_pixels
from ssl_core.images.reading import quietly, read_square, size_of

SIDES = (8, 16, 28, 32, 48, 64, 96, 128)
SIDE, PHOTOGRAPH = 32, 128  # the least and the most pixels a side where nobody says how many
SIZED = 60  # pictures whose sizes decide how large they are kept
AHEAD = 16  # pictures that are being decoded beside the one that is waited for
AHEAD_BYTES = 8 * 2**20  # of their files, before one more is read


def fitting_side(reads: Iterable[Callable[[], bytes]], fit: str = "cut") -> int:
    """The size that holds most of the pictures as they will be kept: at most 128 pixels, and at least 32."""
    sizes = []
    for read, _ in zip(reads, range(SIZED), strict=False):
        try:
            sizes.append((min if fit == "cut" else max)(size_of(read())))
        except ValueError:
            continue
    usual = int(np.median(sizes)) if sizes else SIDE
    return next((side for side in SIDES if SIDE <= side <= PHOTOGRAPH and side >= usual), PHOTOGRAPH)


def pixel_budget(reads: Sequence[Callable[[], bytes]], most: int | None) -> Pixels | None:
    """What the pictures may take; raises ValueError, one sentence, at once where they visibly have more than `most`."""
    if most is None:
        return None
    some = reads[:: max(1, len(reads) // SIZED)]
    if sum(map(_pixels, some)) * len(reads) > most * len(some):
        total = 0
        for read in reads:
            total += _pixels(read)
            if total > most:
                raise ValueError(too_many_pixels(most))
    return Pixels(most)


def _pixels(read: Callable[[], bytes]) -> int:
    try:
        width, height = size_of(read())
    except ValueError:
        return 0
    return width * height


def opens(read: Callable[[], bytes]) -> bool:
    """Whether a file is a picture that can be read, as far as its beginning says."""
    try:
        return bool(size_of(read()))
    except ValueError:
        return False


def decoded(
    seats: Sequence[Seat], read: dict[str, Callable[[], bytes]], side: int, fit: str, budget: Pixels | None = None
) -> Iterator[tuple[Seat, int, Any, float]]:
    """Each picture with its number and its shape, or a sentence instead of the picture, in their order.

    Files are read here, one after the other, and decoded beside: Pillow lets go of Python while it does. Raises
    ValueError, one sentence, where the budget is spent.
    """

    def decode(content: bytes) -> tuple[int, Any, float]:
        try:
            return (print_of(content), *read_square(content, side, fit, budget))
        except ValueError as wrong:
            return 0, str(wrong), 1.0

    with quietly(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        waiting: deque[tuple[Seat, Future | str, int]] = deque()
        try:
            for seat in seats:
                while len(waiting) > AHEAD or sum(size for _, _, size in waiting) > AHEAD_BYTES:
                    yield _waited(*waiting.popleft())
                try:
                    content = read[seat.path]()
                    waiting.append((seat, pool.submit(decode, content), len(content)))
                    del content
                except ValueError as wrong:
                    waiting.append((seat, str(wrong), 0))
            while waiting:
                yield _waited(*waiting.popleft())
        except TooManyPixels as wrong:
            raise ValueError(str(wrong)) from None


def _waited(seat: Seat, work: Future | str, size: int) -> tuple[Seat, int, Any, float]:
    return (seat, 0, work, 1.0) if isinstance(work, str) else (seat, *work.result())


def in_colours(picture: np.ndarray, channels: int) -> np.ndarray:
    """A picture uint8 [3, H, W] with three channels or one."""
    if channels == 3:
        return picture
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as in Pillow's convert("L")
    return np.round(np.tensordot(weights, picture.astype(np.float64), 1)).astype(np.uint8)[None]
