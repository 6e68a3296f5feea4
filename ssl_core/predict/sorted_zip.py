"""The unlabelled pictures that a network is sure of, sorted into class folders of a zip, written as they come."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ssl_core.data import Dataset
from ssl_core.data.folders import asked
from ssl_core.data.understand import clean
from ssl_core.images.formats import ENDINGS, MOST_BYTES
from ssl_core.images.writing import to_png
from ssl_core.named_files import read_named
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.unlabelled import paths_of, sure_rows, unlabelled_rows

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}  # Windows
LONGEST = 100  # characters of a file's name
AT_MOST = "The sorted pictures have more than {} MB: choose a higher threshold, or write them with the terminal."


class Sorted(NamedTuple):
    """How many pictures were sorted, by class, and of how many the network was not sure enough."""

    counts: dict[str, int]
    unsure: int


def write_sorted(
    classifier: Classifier, data: Dataset, sure: float, out: BinaryIO, *, most: int | None = None
) -> Sorted:
    """Write a zip of the pictures whose calibrated probability is at least `sure`, 0..1, each in its class' folder.

    A picture of a folder of this machine is the original file; any other is the PNG of what the network saw. Raises
    ValueError, one sentence, where there is nothing to sort, or for more than `most` bytes.
    """
    if not 0 <= sure <= 1:
        raise ValueError(f"How sure the network must be is a share from 0 to 1, not {sure:g}.")
    if not data.card.pictures:
        raise ValueError(f"{data.card.title} has vectors: there is no picture to sort.")
    total, classes = len(unlabelled_rows(classifier, data)), classifier.card.classes
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:  # pictures do not shrink
        chosen = ((row, label) for row, label, _ in sure_rows(classifier, data, sure))
        counts = put_by_class(file, data, chosen, classes, most=most)
    return Sorted(counts, total - sum(counts.values()))


def put_by_class(
    file: zipfile.ZipFile,
    data: Dataset,
    chosen: Iterable[tuple[int, int]],
    classes: Sequence[str],
    *,
    most: int | None = None,
) -> dict[str, int]:
    """Put rows with their classes into a zip, each in its class' folder, and count them by class; see write_sorted."""
    paths, top, folders = paths_of(data), _top(data), folder_names(classes)
    counts, taken, size = dict.fromkeys(classes, 0), set(), 0
    for row, label in chosen:
        original = _original(top, paths[row])
        content = to_png(data.images[row].numpy()) if original is None else original
        size += len(content)
        if most is not None and size > most:
            raise ValueError(AT_MOST.format(most // 2**20))
        ending = ".png" if original is None else Path(paths[row]).suffix.lower()
        file.writestr(f"{folders[label]}/{_file_name(paths[row], ending, folders[label], taken)}", content)
        counts[classes[label]] += 1
    return counts


def folder_names(classes: Sequence[str]) -> list[str]:
    """Names of folders for the classes that every system takes, each once whatever its case."""
    names: list[str] = []
    for number, name in enumerate(classes, 1):
        name = clean(name, f"class {number}")
        name = f"{name}_" if name.lower().partition(".")[0] in RESERVED else name
        while name.casefold() in (other.casefold() for other in names):
            name = f"{name} {number}"
        names.append(name)
    return names


def harmless(path: str) -> str:
    """A file's name without its ending that every system takes: a/b.jpg is "a_b"."""
    stem = path.rpartition(".")[0] if path.lower().endswith(ENDINGS) else path
    parts = [clean(part, "picture") for part in stem.split("/") if part not in ("", ".")]
    stem = "_".join(parts)[-LONGEST:].lstrip(" ._") or "picture"
    return f"picture {stem}" if stem.casefold() in RESERVED else stem


def _file_name(path: str, ending: str, folder: str, taken: set[tuple[str, str]]) -> str:
    """A harmless name that says where the picture lay: a/b.jpg is "a_b.jpg"; each once in its folder."""
    stem = harmless(path)
    name, count = stem, 1
    while (folder, name.casefold() + ending) in taken:
        count += 1
        name = f"{stem} ({count})"
    taken.add((folder, name.casefold() + ending))
    return name + ending


def _top(data: Dataset) -> Path | None:
    """The folder that the pictures lie in, where it is here and may be read."""
    try:
        return asked(data.card.name).path
    except ValueError:
        return None


def _original(top: Path | None, path: str) -> bytes | None:
    """The file as it was brought, or None where it is not there any more, or no plain file inside of the folder."""
    if top is None or not path.lower().endswith(ENDINGS):
        return None
    file = top / path
    try:
        if file.is_symlink() or not file.resolve().is_relative_to(top) or file.stat().st_size > MOST_BYTES:
            return None
        return read_named(file, MOST_BYTES)
    except (OSError, ValueError):
        return None
