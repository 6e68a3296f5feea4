"""Many pictures at once: one row each, as they come, and the same rows as CSV.

Pictures are read and asked about in blocks, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from ssl_core.images.formats import Pixels, TooManyPixels
from ssl_core.predict.archive import MOST_PICTURES, MOST_TOTAL, open_pictures
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.picture import fit_bytes
from ssl_core.spreadsheet import csv_text
from ssl_core.zips import TooMuch, is_zip, other_archive

BLOCK = 128  # pictures in memory at a time: 19 MB at 224 pixels a side
MOST_PIXELS = 10**9  # of pictures asked about on a page: 64 MB of a phone's photographs have 0.3; ten seconds of a core
LONGEST = 4_096  # characters of a path, as Linux counts them
Files = Sequence[tuple[str, bytes]]
Row = dict[str, Any]


def predict_files(classifier: Classifier, files: Files, ink: bool) -> tuple[list[Row], int]:
    """A row for every picture of `files` (name, content), zips opened, and how many entries of zips were passed over.

    Rows are those of `answers`; a zip that is refused is a row of its own. Raises ValueError, one sentence, for more
    pictures than are asked about at once.
    """
    pictures, skipped = _pictures(files)
    return list(answers(classifier, decoded(classifier, pictures, ink, Pixels(MOST_PIXELS)))), skipped


def decoded(
    classifier: Classifier,
    files: Iterable[tuple[str, Callable[[], bytes] | str]],
    ink: bool,
    budget: Pixels | None = None,
) -> Iterator[tuple[str, Tensor | str]]:
    """Name and picture, as the network sees it, of every file; a sentence in its place where it cannot be read.

    A file is something to read, or the sentence itself. Pictures take their pixels from the `budget`.
    """
    for name, read in files:
        try:
            yield name, read if isinstance(read, str) else fit_bytes(read(), classifier.card, ink, budget)
        except (ValueError, TooMuch, TooManyPixels) as wrong:
            yield name, str(wrong)
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


def _pictures(files: Files) -> tuple[list[tuple[str, Callable[[], bytes] | str]], int]:
    pictures, skipped, size = [], 0, 0
    for name, content in files:
        if not is_zip(content) and not other_archive(content):
            pictures.append((name, lambda content=content: content))
            size += len(content)
            continue
        try:
            opened = open_pictures(content)
        except ValueError as wrong:
            pictures.append((name, str(wrong)))
            continue
        pictures += opened.pictures
        skipped += opened.skipped
    if len(pictures) > MOST_PICTURES:
        raise ValueError(f"That would be {len(pictures):,} pictures: choose at most {MOST_PICTURES} at once.")
    if size > MOST_TOTAL:
        raise ValueError(f"Those pictures have more than {MOST_TOTAL // 2**20} MB together: choose fewer.")
    return [(shown(name), read) for name, read in pictures], skipped


def _column(name: str) -> str:
    return f"p({name})"


def shown(name: str, most: int = 120) -> str:
    """A stranger's file name as text: what cannot be printed is replaced, and it is cut."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:most]


def to_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV; a name that a spreadsheet would take for a formula gets an apostrophe before it."""
    return csv_text(rows, list(rows[0]) if rows else ["file"])
