"""What a network says about the pictures of its own data set that have no label: one row each, as they come.

Where nobody knows the class of some pictures, these are asked about. Where every class is known, those whose labels
were hidden from the run are: its unlabelled pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ssl_core.data import Dataset
from ssl_core.data.card import UNKNOWN
from ssl_core.data.kept import origin
from ssl_core.predict.batch import Row, answers, columns
from ssl_core.predict.classifier import Classifier
from ssl_core.spreadsheet import csv_lines

FIRST = "path"
NONE = "Every picture here has a label: there is none to predict."


def unlabelled_rows(classifier: Classifier, data: Dataset) -> np.ndarray:
    """Rows of the unlabelled training pictures, int64, ascending; raises ValueError, one sentence, where there is none.

    And where the network was taught to see rows of another shape.
    """
    if data.card.shape != classifier.card.shape:
        raise ValueError(
            f"This network was taught to see {_size(classifier.card.shape)}, and {data.card.title} has "
            f"{_size(data.card.shape)}: read it again at that size."
        )
    unknown = np.flatnonzero(data.labels.numpy() == UNKNOWN)
    parts = classifier.parts
    if not len(unknown) and parts is not None:
        unknown = np.setdiff1d(parts.unlabelled, np.concatenate([parts.labelled, parts.validation]))
    if not len(unknown):
        raise ValueError(NONE)
    return unknown


def _size(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) + (" pixels" if len(shape) > 1 else " numbers")


def paths_of(data: Dataset) -> list[str]:
    """What every training row was called where it was brought; its number where nobody wrote that down."""
    paths = origin(data.card.name).get("paths")
    count = len(data.labels)
    good = isinstance(paths, list) and len(paths) == count and all(isinstance(path, str) for path in paths)
    return paths if good else [str(row) for row in range(count)]


def predictions(classifier: Classifier, data: Dataset) -> Iterator[Row]:
    """A row for each unlabelled picture, in their order: path, class, calibrated probability, second guess and its."""
    paths = paths_of(data)
    pictures: Iterator[tuple[str, Tensor]] = (
        (paths[row], data.images[row]) for row in unlabelled_rows(classifier, data).tolist()
    )
    for row in answers(classifier, pictures, first=FIRST):
        yield row | {"why": None}


def predictions_csv(classifier: Classifier, data: Dataset) -> Iterator[str]:
    """The same as lines of CSV."""
    unlabelled_rows(classifier, data)  # says what is wrong before the first line
    return csv_lines(predictions(classifier, data), columns(classifier, FIRST)[:-1])


def sure_rows(classifier: Classifier, data: Dataset, sure: float) -> Iterator[tuple[int, int, float]]:
    """Row, class and calibrated probability of each unlabelled picture of which the network is at least so sure."""
    rows = torch.from_numpy(unlabelled_rows(classifier, data))
    for block in rows.split(256):
        probability, chosen = classifier.probabilities(data.images[block]).max(dim=1)
        for row, label, p in zip(block.tolist(), chosen.tolist(), probability.tolist(), strict=True):
            if p >= sure:
                yield row, label, p
