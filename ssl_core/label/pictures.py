"""Pictures by their contents: the number that a label belongs to, whatever row the picture has today.

Of pictures that people brought it is the number of the file (ssl_core/data/held_back.py), which stays when the folder
is read again, at another size too; of a set without files it is that of the row's own numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ssl_core.data import Card, Dataset
from ssl_core.data.card import UNKNOWN
from ssl_core.data.held_back import print_of
from ssl_core.data.kept import origin
from ssl_core.images.writing import to_source


class Pictures(NamedTuple):
    """The training rows that can be asked about: number, path where it was brought (or its row), and who has which.

    Rows that somebody brought as validation are behind them and are never asked about.
    """

    numbers: list[str]
    paths: list[str]
    rows: Mapping[str, list[int]]  # equal pictures have one number and several rows

    def rows_of(self, numbers: Iterable[str]) -> list[int]:
        """All rows of these pictures; numbers that are not here are passed over."""
        return [row for number in numbers for row in self.rows.get(number, ())]


def pictures_of(data: Dataset) -> Pictures:
    """The pictures of a data set in the order of its rows."""
    about, count = origin(data.card.name), askable(data.card)
    files, paths = about.get("prints"), about.get("paths")
    if isinstance(files, list) and len(files) >= len(data.labels):
        numbers = [str(text) for text in files[:count]]
    else:
        numbers = [f"{print_of(row.tobytes()):x}" for row in data.images[:count].numpy()]
    good = isinstance(paths, list) and len(paths) == len(data.labels)
    rows: dict[str, list[int]] = {}
    for row, number in enumerate(numbers):
        rows.setdefault(number, []).append(row)
    return Pictures(numbers, [str(p) for p in paths[:count]] if good else [str(row) for row in range(count)], rows)


def askable(card: Card) -> int:
    """Training rows that can be asked about: all but a validation that somebody brought, which lies behind them."""
    return card.train - (card.validation if card.held else 0)


def as_rows(labels: Mapping[str, str], pictures: Pictures, classes: tuple[str, ...], count: int) -> Tensor:
    """Labels int64 [count], UNKNOWN where nobody said or no such class is here; equal pictures share one."""
    place = {name: number for number, name in enumerate(classes)}
    told = torch.full((count,), UNKNOWN)
    for picture, label in labels.items():
        if label in place:
            told[pictures.rows.get(picture, [])] = place[label]
    return told


def first_rows(pictures: Pictures) -> np.ndarray:
    """True for the first row of each picture: its equals need no asking, bool [N]."""
    first = np.zeros(len(pictures.numbers), dtype=bool)
    first[[rows[0] for rows in pictures.rows.values()]] = True
    return first


def source_of(data: Dataset, row: int) -> str:
    """A training picture as the text that an <img> takes."""
    return to_source(data.images[row].numpy())
