"""A contact sheet: small pictures side by side in one PNG, so that a run can keep those it shows."""

from __future__ import annotations

from math import ceil, isqrt

import numpy as np

from ssl_core.images.reading import square
from ssl_core.images.writing import to_png

COLUMNS = 10
MOST_SIDE = 48  # pixels of a picture's side; larger ones are shrunk


def contact_sheet(rows: np.ndarray) -> bytes:
    """A PNG of pictures uint8 [n, C, H, W], or of vectors [n, D] as grey squares, COLUMNS side by side; n at least 1.

    What is left of the last line is black.
    """
    tiles = np.stack([_tile(picture) for picture in (rows if rows.ndim == 4 else _squares(rows))])
    lines, side = ceil(len(tiles) / COLUMNS), tiles.shape[-1]
    spare = np.zeros((lines * COLUMNS - len(tiles), *tiles.shape[1:]), np.uint8)
    grid = np.concatenate([tiles, spare]).reshape(lines, COLUMNS, -1, side, side)
    return to_png(grid.transpose(2, 0, 3, 1, 4).reshape(-1, lines * side, COLUMNS * side))


def _tile(picture: np.ndarray) -> np.ndarray:
    """The picture as a square no larger than MOST_SIDE."""
    height, width = picture.shape[1:]
    if height == width <= MOST_SIDE:
        return picture
    colours = picture.transpose(1, 2, 0).repeat(3 // len(picture), axis=2)
    return square(np.ascontiguousarray(colours), min(MOST_SIDE, max(height, width)), "pad")


def _squares(rows: np.ndarray) -> np.ndarray:
    """Vectors as square pictures of one grey a number, from the least of all numbers, black, to the largest."""
    side = isqrt(rows.shape[1] - 1) + 1
    least, most = rows.min(), rows.max()
    greys = np.round((rows - least) / max(most - least, 1e-12) * 255).clip(0, 255).astype(np.uint8)
    return np.pad(greys, ((0, 0), (0, side * side - rows.shape[1]))).reshape(-1, 1, side, side)
