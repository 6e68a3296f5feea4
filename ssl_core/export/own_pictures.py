"""What a script says of somebody's own pictures: where they lie, and which file is which row."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ssl_core.data import Card, load
from ssl_core.data.card import UNKNOWN
from ssl_core.data.kept import origin

MODULE = "ssl_core.data.listed"
UNPACKED = "pictures"  # a folder that somebody makes of what was uploaded
NOT_LISTED = "Which file of {} is which picture was not written down when it was kept: bring the pictures again first."
SAME_NAME = "Several pictures of {} have one name: give each its own and bring them again first."


class OwnPictures(NamedTuple):
    """The folder they are looked for in, and the lists of training and test pictures as source."""

    folder: str
    lists: str


def own_pictures(card: Card) -> OwnPictures:
    """Of a data set that people brought: a folder's, or an upload's, which its owner has unpacked into one.

    Raises ValueError, one sentence, where nobody knows which file is which row.
    """
    about = origin(card.name)
    names = [about.get("paths"), about.get("test_paths")]
    if not all(isinstance(part, list) for part in names) or not names[0]:
        raise ValueError(NOT_LISTED.format(card.title))
    every = [*names[0], *names[1]]
    if len(set(every)) < len(every):
        raise ValueError(
            f"Several pictures of {card.title} have one name: give each its own and bring them again first."
        )
    folder = str(about.get("folder") or UNPACKED)
    folder = UNPACKED if Path(folder).is_file() else folder  # a zip on this machine
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
