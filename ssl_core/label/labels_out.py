"""Labels that leave: as a table, as class folders in a zip, and as Label Studio's JSON; all can come back in."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from ssl_core.data import Dataset
from ssl_core.label.acts import Said, Word
from ssl_core.label.pictures import Pictures
from ssl_core.predict.sorted_zip import put_by_class
from ssl_core.spreadsheet import csv_text

COLUMNS = ("picture", "path", "label", "said", "who", "how", "when", "each")
CLASS, NONE, DISPUTED = "a class", "none of these", "people disagree"
STUDIO = {"from_name": "choice", "to_name": "image", "type": "choices"}  # of Label Studio's own template


def rows(said: Said, pictures: Pictures) -> Iterator[dict[str, Any]]:
    """A row for every picture of which somebody said anything, in the order of asking; those not here have no path."""
    for picture, words in said.words.items():
        label, last = said.label(picture), max(words.values(), key=lambda word: word.when)
        here = pictures.rows.get(picture)
        differ = len({word.label for word in words.values()}) > 1
        yield {
            "picture": picture,
            "path": pictures.paths[here[0]] if here else "",
            "label": label or "",
            "said": CLASS if label else DISPUTED if differ else NONE,
            "who": ", ".join(sorted(words)),
            "how": last.how,
            "when": _iso(last.when),
            "each": "; ".join(_each(word) for word in words.values()) if differ else "",
        }


def _each(word: Word) -> str:
    return f"{word.who}: {word.label or NONE}"


def _iso(when: float) -> str:
    return datetime.datetime.fromtimestamp(when, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_csv(said: Said, pictures: Pictures) -> str:
    """The rows as CSV that a spreadsheet opens without running any of it."""
    return csv_text(rows(said, pictures), COLUMNS)


def as_studio(said: Said, pictures: Pictures) -> str:
    """Tasks with an annotation for each person, as Label Studio exports and imports them."""
    tasks = []
    for number, row in enumerate(rows(said, pictures), 1):
        words = said.words[row["picture"]].values()
        annotations = [
            {
                "id": f"{row['picture']}-{place}",
                "completed_by": {"email": "", "first_name": word.who},
                "created_at": _iso(word.when),
                "was_cancelled": word.label is None,
                "result": [STUDIO | {"value": {"choices": [word.label]}}] if word.label else [],
            }
            for place, word in enumerate(words)
        ]
        data = {"image": row["path"], "picture": row["picture"]}
        tasks.append({"id": number, "data": data, "annotations": annotations, "predictions": []})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def write_folders(said: Said, data: Dataset, pictures: Pictures, out: BinaryIO) -> dict[str, int]:
    """A zip of the labelled pictures by class, with the table beside them; returns how many there are of each class.

    Raises ValueError, one sentence, where there is nothing to write.
    """
    labels = said.labels()
    classes = tuple(dict.fromkeys([*data.card.classes, *said.classes, *labels.values()]))
    here = [(pictures.rows[p][0], classes.index(label)) for p, label in labels.items() if p in pictures.rows]
    if not data.card.pictures:
        raise ValueError(f"{data.card.title} has vectors: there is no picture to sort.")
    if not here:
        raise ValueError(f"Nobody has said the class of any picture of {data.card.title} yet: label a few first.")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        counts = put_by_class(file, data, here, classes)
        file.writestr("labels.csv", as_csv(said, pictures))
    return {name: count for name, count in counts.items() if count}
