"""What `python -m ssl_core predict` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ssl_core.predict.archive import MOST_TOTAL
from ssl_core.predict.batch import predict_files, to_csv
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.picture import INKED


def report(classifier: Classifier, files: Sequence[str], as_csv: bool, as_seen: bool = False) -> tuple[str, int]:
    """The table or CSV, and the exit code: 1 if a picture could not be read.

    `as_seen` takes pictures as they are where otherwise strokes would be cut out of paper. Raises ValueError, one
    sentence, for a file that is not there.
    """
    contents = [(Path(name).name, _content(name)) for name in files]
    ink = classifier.card.name in INKED and not as_seen
    rows, skipped = predict_files(classifier, contents, ink)
    code = int(any(row["why"] for row in rows))
    if as_csv:
        return to_csv(rows), code
    lines = [
        f"{row['file']:<40} {row['why'] or row['class'] + format(row['probability'], '10.1%')}".rstrip() for row in rows
    ]
    return "\n".join([*lines, f"{skipped} other entries were passed over."] if skipped else lines) + "\n", code


def _content(name: str) -> bytes:
    path = Path(name)
    try:
        if path.stat().st_size > MOST_TOTAL:
            raise ValueError(f"{path.name} has more than {MOST_TOTAL // 2**20} MB: give smaller pictures or zips.")
        return path.read_bytes()
    except OSError as wrong:
        raise ValueError(f"{path.name} cannot be read: {wrong.strerror}.") from None
