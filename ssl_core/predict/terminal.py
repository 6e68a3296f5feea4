"""What `python -m ssl_core predict` prints, line by line as the answers come."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ssl_core.data import Dataset
from ssl_core.data.brought import told_in_words
from ssl_core.predict.batch import Row, answers, columns, decoded
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.picture import INKED
from ssl_core.predict.sorted_zip import Sorted, write_sorted
from ssl_core.predict.unlabelled import FIRST, predictions, predictions_csv
from ssl_core.predict.walk import Walk
from ssl_core.spreadsheet import csv_lines


def report(classifier: Classifier, files: Sequence[str], as_csv: bool, as_seen: bool = False) -> int:
    """Print a row a picture of files, zips and folders, and on stderr what was passed over.

    Returns the exit code: 1 if a picture could not be read, or there was none. `as_seen` takes pictures as they are
    where otherwise strokes would be cut out of paper. Raises ValueError, one sentence, for a file that is not there.
    """
    walk = Walk(files)
    ink = classifier.card.name in INKED and not as_seen
    rows = _Counted(answers(classifier, decoded(classifier, walk, ink)))
    _print(csv_lines(rows, columns(classifier)) if as_csv else map(_line, rows))
    for sentence in (told_in_words(walk.left_out), "" if rows.count else "No picture was found."):
        if sentence:
            print(sentence, file=sys.stderr)
    return int(rows.broken > 0 or not rows.count)


def report_unlabelled(classifier: Classifier, data: Dataset, as_csv: bool) -> int:
    """Print a row for every unlabelled picture of the network's data set; returns the exit code."""
    if as_csv:
        _print(predictions_csv(classifier, data))
    else:
        _print(_line(row, FIRST) for row in predictions(classifier, data))
    return 0


def sort_out(classifier: Classifier, data: Dataset, out: Path, sure: float) -> Sorted:
    """Write the zip of pictures that the network is sure of, whole or not at all; raises ValueError, one sentence."""
    aside = out.with_name(f".{out.name}.aside")
    try:
        with open(aside, "wb") as file:
            counts = write_sorted(classifier, data, sure, file)
        aside.replace(out)
    except OSError as wrong:
        raise ValueError(f"{out} cannot be written: {wrong.strerror or wrong}.") from None
    finally:
        aside.unlink(missing_ok=True)
    return counts


class _Counted:
    """The rows as they pass, and how many there were."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows, self.count, self.broken = rows, 0, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            self.broken += bool(row["why"])
            yield row


def _line(row: Row, first: str = "file") -> str:
    said = row["why"] or (
        f"{row['class']}{row['probability']:10.1%}, else {row['second']}{row['probability of second']:8.1%}"
    )
    return f"{row[first]:<40} {said}".rstrip() + "\n"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line)
