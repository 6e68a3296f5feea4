"""Many pictures at once: one row each, as they come, and the same rows as CSV.

Pictures are read and asked about in blocks, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from ssl_core.predict.archive import MOST_PICTURES, MOST_TOTAL, read_zip
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.picture import fit_bytes
from ssl_core.spreadsheet import csv_text
from ssl_core.zips import TooMuch, is_zip

BLOCK = 128  # pictures in memory at a time: 19 MB at 224 pixels a side
LONGEST = 4_096  # characters of a path, as Linux counts them
Files = Sequence[tuple[str, bytes]]
Row = dict[str, Any]


def predict_files(classifier: Classifier, files: Files, ink: bool) -> tuple[list[Row], int]:
    """A row for every picture of `files` (name, content), zips opened, and how many entries of zips were passed over.

    Rows are those of `answers`. Raises ValueError, one sentence, for a zip that is refused or for too many pictures.
    """
    pictures, skipped = _pictures(files)
    named = ((shown(name), lambda content=content: content) for name, content in pictures)
    return list(answers(classifier, decoded(classifier, named, ink))), skipped


def decoded(
    classifier: Classifier, files: Iterable[tuple[str, Callable[[], bytes]]], ink: bool
) -> Iterator[tuple[str, Tensor | str]]:
    """Name and picture, as the network sees it, of every file; a sentence in its place where it cannot be read."""
    for name, read in files:
        try:
            yield name, fit_bytes(read(), classifier.card, ink)
        except ValueError as wrong:
            yield name, str(wrong)
        except TooMuch as wrong:
            raise ValueError(str(wrong)) from None
        except OSError as wrong:
            yield name, f"The file cannot be read: {wrong.strerror or type(wrong).__name__}."


def answers(
    classifier: Classifier, pictures: Iterable[tuple[str, Tensor | str]], *, first: str = "file"
) -> Iterator[Row]:
    """A row a picture, in their order: its name under `first`, class, probability, second, p(second), every p(class).

    Probabilities are calibrated. `why` says of a picture that could not be read what is wrong; then the others are
    None.
    """
    pictures = iter(pictures)
    while block := list(islice(pictures, BLOCK)):
        images = [picture for _, picture in block if isinstance(picture, Tensor)]
        said = iter(classifier.probabilities(torch.stack(images)).tolist() if images else [])
        for name, picture in block:
            row = dict.fromkeys(columns(classifier, first)) | {first: shown(name, LONGEST), "why": ""}
            if isinstance(picture, str):
                yield row | {"why": picture}
            else:
                yield row | _says(classifier.card.classes, next(said))


def _says(classes: Sequence[str], probability: list[float]) -> Row:
    best, second = sorted(range(len(probability)), key=probability.__getitem__, reverse=True)[:2]
    chosen = {"class": classes[best], "probability": probability[best]}
    chosen |= {"second": classes[second], "probability of second": probability[second]}
    return chosen | dict(zip(map(_column, classes), probability, strict=True))


def columns(classifier: Classifier, first: str = "file") -> list[str]:
    """The columns of such rows."""
    each = map(_column, classifier.card.classes)
    return [first, "class", "probability", "second", "probability of second", *each, "why"]


def _pictures(files: Files) -> tuple[list[tuple[str, bytes]], int]:
    pictures, skipped = [], 0
    for name, content in files:
        opened = read_zip(content) if is_zip(content) else None
        pictures += opened.pictures if opened else [(name, content)]
        skipped += opened.skipped if opened else 0
    if len(pictures) > MOST_PICTURES:
        raise ValueError(f"That would be {len(pictures):,} pictures: choose at most {MOST_PICTURES} at once.")
    if sum(len(content) for _, content in pictures) > MOST_TOTAL:
        raise ValueError(f"Those pictures have more than {MOST_TOTAL // 2**20} MB together: choose fewer.")
    return pictures, skipped


def _column(name: str) -> str:
    return f"p({name})"


def shown(name: str, most: int = 120) -> str:
    """A stranger's file name as text: what cannot be printed is replaced, and it is cut."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:most]


def to_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV; a name that a spreadsheet would take for a formula gets an apostrophe before it."""
    return csv_text(rows, list(rows[0]) if rows else ["file"])
