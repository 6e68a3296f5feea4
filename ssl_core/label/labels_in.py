"""Labels that come in: a table, class folders in a zip, or Label Studio's JSON, found out by content, never by name."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from ssl_core.data import Card
from ssl_core.data.held_back import print_of
from ssl_core.data.label_table import read_table
from ssl_core.data.squared import in_colours
from ssl_core.data.understand import clean
from ssl_core.data.uploads import entries
from ssl_core.images.formats import ENDINGS
from ssl_core.images.reading import read_square
from ssl_core.label.acts import PICTURE
from ssl_core.label.journal import Journal
from ssl_core.label.labels_out import NONE
from ssl_core.label.pictures import Pictures
from ssl_core.letters import to_text
from ssl_core.predict.sorted_zip import harmless
from ssl_core.spreadsheet import FORMULA
from ssl_core.zips import TooMuch, is_junk, is_zip, other_archive

MOST_MEGABYTES = 50  # of a table or JSON; a zip has its own limits
UPLOADED = re.compile(r"^[0-9a-f]{8}-")  # what Label Studio puts before the name of an uploaded file
UNREADABLE = (
    "No labels were found in this file: bring a CSV with the columns file and label, a zip with one folder per class, "
    "or the JSON that Label Studio exports."
)


class Line(NamedTuple):
    """What a file says of one picture: its number where it has one, its path, and its class, None for none of these."""

    pictures: tuple[str, ...]  # numbers it may have; none where only the path is known
    path: str
    label: str | None


class Taken(NamedTuple):
    """How many pictures were labelled, how many lines named none of them, and how many contradicted another."""

    labelled: int
    strange: int
    contradicting: int


def bring_in(content: bytes, journal: Journal, card: Card, pictures: Pictures, who: str = "import") -> Taken:
    """Put a file's labels into the journal, as one act; raises ValueError, one sentence, and then puts nothing there.

    Classes that a set of its own has not are refused; where it has none, those of the file are named.
    """
    lines = read(content, card)
    says: dict[str, str | None] = {}
    contradicting, index = 0, _index(pictures)
    names = _names(lines, journal)
    found = [(_found(line, pictures, index), line) for line in lines]
    for picture, line in found:
        if picture is None:
            continue
        label = None if line.label is None else names[line.label]
        contradicting += picture in says and says[picture] != label
        says.setdefault(picture, label)
    if not says:
        raise ValueError(f"None of the {len(lines):,} labels in this file is of a picture of {card.title}.")
    if new := [name for name in dict.fromkeys(names.values()) if name not in journal.classes]:
        journal.name_classes(who, [*journal.classes, *new])
    journal.say(who, says, "imported")
    return Taken(len(says), sum(picture is None for picture, _ in found), contradicting)


def _names(lines: Sequence[Line], journal: Journal) -> dict[str, str]:
    """The class that each label means, whatever its case."""
    known = {name.casefold(): name for name in journal.classes}
    names = {line.label: clean(line.label, "class") for line in lines if line.label is not None}
    if journal.own:
        for name in names.values():
            if name.casefold() not in known:
                raise ValueError(
                    f"{name!r} is none of the classes {', '.join(journal.classes)}: rename it in the file."
                )
    for label, name in names.items():
        names[label] = known.setdefault(name.casefold(), name)
    return names


def read(content: bytes, card: Card) -> list[Line]:
    """The lines of a file; raises ValueError, one sentence, for one that holds no labels."""
    try:
        if is_zip(content) or other_archive(content):
            lines = [*_of_folders(content, card)]
        elif len(content) > MOST_MEGABYTES * 2**20:
            raise ValueError(f"The file has more than {MOST_MEGABYTES} MB: labels are read from smaller ones.")
        elif content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"[", b"{"):
            lines = [*_of_studio(content)]
        else:
            lines = _of_table(content)
    except TooMuch as wrong:
        raise ValueError(str(wrong)) from None
    if not lines:
        raise ValueError(UNREADABLE)
    return lines


def _of_table(content: bytes) -> list[Line]:
    """Our own table, that of `labels order` with its last column filled in, or any that names files and classes."""
    rows = csv.DictReader(io.StringIO(to_text(content), newline=""))
    try:
        if {"picture", "path", "label"} <= set(rows.fieldnames or ()):
            return [
                Line((row["picture"],), _plain(row["path"]), _plain(row["label"]) or None)
                for row in rows
                if PICTURE.fullmatch(row["picture"] or "") and (row["label"] or row.get("said") == NONE)
            ]
    except csv.Error:
        return []
    table = read_table("labels.csv", content) or []
    return [Line((), row.file, row.label) for row in table if row.label is not None]


def _plain(cell: str | None) -> str:
    """A cell without the apostrophe that kept a spreadsheet from running it."""
    cell = cell or ""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _of_studio(content: bytes) -> Iterator[Line]:
    """Label Studio's JSON, whole or "JSON-MIN": every choice of every person who did not cancel."""
    try:
        tasks = json.loads(to_text(content))
    except (ValueError, RecursionError):
        raise ValueError("This JSON cannot be read: export it from Label Studio again.") from None
    for task in tasks if isinstance(tasks, list) else [tasks]:
        data = task.get("data", task) if isinstance(task, dict) else None
        if not isinstance(data, dict):
            continue
        path = next((v for v in data.values() if isinstance(v, str) and unquote(v).lower().endswith(ENDINGS)), "")
        number = data.get("picture")
        numbers = (number,) if isinstance(number, str) and PICTURE.fullmatch(number) else ()
        for label in [*_choices(task), *([task["choice"]] if isinstance(task.get("choice"), str) else [])]:
            yield Line(numbers, unquote(path).rpartition("?d=")[2], label)


def _choices(task: dict[str, Any]) -> Iterator[str]:
    for annotation in _dicts(task.get("annotations")) if not isinstance(task.get("choice"), str) else ():
        if not annotation.get("was_cancelled"):
            for result in _dicts(annotation.get("result")):
                value = result.get("value")
                choices = value.get("choices") if isinstance(value, dict) else None
                if isinstance(choices, list) and len(choices) == 1 and isinstance(choices[0], str):
                    yield choices[0]


def _dicts(rows: Any) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _of_folders(content: bytes, card: Card) -> Iterator[Line]:
    """The pictures of a zip, each of the class of its folder, known by its file or by its pixels."""
    opened, _ = entries(content)
    for entry in opened:
        folder, _, name = entry.name.rpartition("/")
        if not folder or is_junk(entry.name) or not name.lower().endswith(ENDINGS):
            continue
        file = entry.read()
        numbers = [f"{print_of(file):x}"]
        try:
            picture, _ = read_square(file, card.side, card.fit)
            numbers.append(f"{print_of(in_colours(picture, card.channels).tobytes()):x}")
        except ValueError:
            pass  # its name may still say which it is
        yield Line(tuple(numbers), name, folder.rpartition("/")[2])


def _index(pictures: Pictures) -> dict[str, set[str]]:
    """Numbers of pictures by path, by name alone, and by the name they have in a zip of ours."""
    index: dict[str, set[str]] = {}
    for number, path in zip(pictures.numbers, pictures.paths, strict=True):
        for key in {path.lower(), _name(path), harmless(path).lower()}:
            index.setdefault(key, set()).add(number)
    return index


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()


def _found(line: Line, pictures: Pictures, index: dict[str, set[str]]) -> str | None:
    """The picture that a line means: by contents, else by path, else by name where only one has it."""
    if number := next((number for number in line.pictures if number in pictures.rows), None):
        return number
    name = _name(line.path)
    stem = name.rpartition(".")[0] if name.endswith(ENDINGS) else name
    for key in (line.path.replace("\\", "/").lower().removeprefix("./"), name, stem, UPLOADED.sub("", name)):
        if len(same := index.get(key, ())) == 1:
            return next(iter(same))
    return None
