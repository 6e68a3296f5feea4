"""Many pictures at once: one row each, and the same rows as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from ssl_core.predict.archive import MOST_PICTURES, MOST_TOTAL, read_zip
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.picture import fit_bytes
from ssl_core.spreadsheet import csv_text
from ssl_core.zips import is_zip

Files = Sequence[tuple[str, bytes]]


def predict_files(classifier: Classifier, files: Files, ink: bool) -> tuple[list[dict[str, Any]], int]:
    """A row for every picture of `files` (name, content), zips opened, and how many entries of zips were passed over.

    A row has file, class, probability, one p(class) each, and why where a picture could not be read: then the
    others stay None. Raises ValueError, one sentence, for a zip that is refused or for too many pictures.
    """
    pictures, skipped = _pictures(files)
    rows, images = [], []
    for name, content in pictures:
        row = dict.fromkeys(("file", "class", "probability", *map(_column, classifier.card.classes), "why"))
        row["file"] = shown(name)
        try:
            images.append(fit_bytes(content, classifier.card, ink))
            row["why"] = ""
        except ValueError as wrong:
            row["why"] = str(wrong)
        rows.append(row)
    read = [row for row in rows if not row["why"]]
    if images:
        for row, probability in zip(read, classifier.probabilities(torch.stack(images)).tolist(), strict=True):
            best = max(range(len(probability)), key=probability.__getitem__)
            row |= {"class": classifier.card.classes[best], "probability": probability[best]}
            row |= dict(zip(map(_column, classifier.card.classes), probability, strict=True))
    return rows, skipped


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


def shown(name: str) -> str:
    """A stranger's file name as text: what cannot be printed is replaced, and it is cut at 120 characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:120]


def to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV; a name that a spreadsheet would take for a formula gets an apostrophe before it."""
    return csv_text(rows, list(rows[0]) if rows else ["file"])
