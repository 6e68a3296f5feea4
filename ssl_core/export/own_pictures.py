"""What a script says of somebody's own pictures: where they lie, and which file is which row."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ssl_core.data import Card, load
from ssl_core.data.card import UNKNOWN
from ssl_core.data.kept import origin

MODULE = "ssl_core.data.listed"
NOT_ALONE = "The pictures of {} are no files of a folder, so that no script can read them: unpack them into one first."


class OwnPictures(NamedTuple):
    """The folder, and the lists of training and test pictures as source."""

    folder: str
    lists: str


def own_pictures(card: Card) -> OwnPictures:
    """Of a data set that was read from a folder; raises ValueError, one sentence, for one that was not."""
    about = origin(card.name)
    folder, names = about.get("folder"), [about.get("paths"), about.get("test_paths")]
    if not folder or not all(isinstance(part, list) for part in names) or not names[0]:
        raise ValueError(NOT_ALONE.format(card.title))
    top = Path(folder)
    if not (top / names[0][0]).is_file():
        raise ValueError(NOT_ALONE.format(card.title))
    data = load(card.name)
    labels = data.labels.tolist(), data.test_labels.tolist()
    lists = [
        _source(
            title,
            [(path, None if label == UNKNOWN else card.classes[label]) for path, label in zip(*both, strict=True)],
        )
        for title, *both in zip(("TRAIN", "TEST"), names, labels, strict=True)
    ]
    return OwnPictures(folder, "\n".join(lists))


def _source(name: str, rows: list[tuple[str, str | None]]) -> str:
    return "\n".join([f"{name} = [", *(f"    {row!r}," for row in rows), "]"])
