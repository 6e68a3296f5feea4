"""Writing what a maker shows while it learns: a line for each row of pictures, side by side in one PNG."""

from __future__ import annotations

import base64
import contextlib
from math import ceil
from pathlib import Path

import numpy as np
from torch import Tensor
from torch.nn.functional import avg_pool2d

from ssl_core.images.writing import to_png
from ssl_core.runs.files import Journal
from ssl_core.runs.run import PICTURES

COLUMNS = 10
MOST_PIXELS = 2**18  # of a row: forty pictures at 80 pixels; larger ones are halved until they fit


class PicturesRecord(contextlib.AbstractContextManager):
    """What `make` may call with the pictures of a moment."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / PICTURES)

    def __call__(self, step: int, views: dict[str, Tensor]) -> None:
        """Append a line for each row: pictures in 0..1, [n, C, H, W]."""
        for name, rows in views.items():
            while rows[:, 0].numel() > MOST_PIXELS:
                rows = avg_pool2d(rows, 2)
            png = base64.b64encode(to_png(side_by_side(as_bytes(rows)))).decode()
            columns = min(len(rows), COLUMNS)
            self._journal.write({"step": step, "name": name, "png": png, "count": len(rows), "columns": columns})

    def __exit__(self, *error: object) -> None:
        self._journal.__exit__(*error)


def as_bytes(rows: Tensor) -> np.ndarray:
    """Pictures in 0..1 as uint8."""
    return (rows.detach().float().clamp(0, 1) * 255).round().to("cpu").numpy().astype(np.uint8)


def side_by_side(rows: np.ndarray) -> np.ndarray:
    """Pictures uint8 [n, C, H, W] as one [C, ...], COLUMNS in a line; what is left of the last line is black."""
    count, channels, height, width = rows.shape
    columns = min(count, COLUMNS)
    lines = ceil(count / columns)
    spare = np.zeros((lines * columns - count, channels, height, width), np.uint8)
    grid = np.concatenate([rows, spare]).reshape(lines, columns, channels, height, width)
    return grid.transpose(2, 0, 3, 1, 4).reshape(channels, lines * height, columns * width)
