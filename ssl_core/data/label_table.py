"""A table of labels beside pictures: whose columns say which file is of which class, and maybe of which part."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from ssl_core.data.layout import TEST, Seat, Tally, part_of, same, says_unlabelled
from ssl_core.images.formats import ENDINGS
from ssl_core.letters import to_text

FILE = ("file", "filename", "path", "filepath", "image", "imagename", "imagepath", "imageid", "imagefile", "picture",
        "img", "imgname", "id", "name")  # fmt: skip
LABEL = ("label", "labels", "class", "classname", "classlabel", "target", "category", "labelname", "y")
SPLIT = ("split", "part", "subset", "set", "fold", "usage")
NOBODY = ("", "-1", "?", "nan", "unlabelled", "unlabeled")  # cells that say no class
MOST_CELL = 300
MOST_LINE, MOST_LINES = 16_384, 100  # characters of a line, and lines of a row: a cell in quotes may have some
MOST_ROWS = 200_000  # of a table: four for each picture
MOST_COMPARED = 20_000_000  # paths that rows are compared with, of all tables: seconds


class Row(NamedTuple):
    """A file, its class or None, and its part or ""."""

    file: str
    label: str | None
    part: str


def read_table(name: str, content: bytes) -> list[Row] | None:
    """The rows of a table, None where its columns do not say files and classes.

    The separator is the one of comma, semicolon and tab that makes both columns. Without a heading, a first column of
    picture files and one more are taken.
    """
    text = to_text(content)
    part = next(
        (part for word in name.rpartition("/")[2].lower().rpartition(".")[0].split("_") if (part := part_of(word))), ""
    )
    for separator in ",;\t":
        try:
            if found := _rows(_cells(text, separator), part):
                return found
        except csv.Error:
            continue
    return None


def _cells(text: str, separator: str) -> Iterator[list[str]]:
    """The rows that hold anything, one at a time; raises csv.Error for what is no table, or a row of endless lines."""
    lines = 0

    def bounded() -> Iterator[str]:
        nonlocal lines
        for line in io.StringIO(text, newline=""):
            lines += 1
            if len(line) > MOST_LINE or lines > MOST_LINES:
                raise csv.Error("a row is too long")
            yield line

    for row in csv.reader(bounded(), delimiter=separator):
        lines = 0
        if any(row):
            yield row


def _rows(rows: Iterator[list[str]], part: str) -> list[Row] | None:
    first = next(rows, [])
    heading = ["".join(c for c in cell.lower() if c.isalnum()) for cell in first]
    file, label, split = (
        next((heading.index(n) for n in names if n in heading), None) for names in (FILE, LABEL, SPLIT)
    )
    if file is None or label is None:
        if len(first) != 2 or not first[0].strip().lower().endswith(ENDINGS):
            return None
        file, label, split = 0, 1, None
        rows = chain([first], rows)
    return [
        Row(row[file].strip()[:MOST_CELL], _label(row, label), _part(row, split) or part)
        for row in islice(rows, MOST_ROWS)
        if len(row) > file
    ]


def _label(row: list[str], column: int) -> str | None:
    text = same(" ".join(row[column].split()))[:MOST_CELL] if len(row) > column else ""
    return None if text.lower() in NOBODY else text


def _part(row: list[str], column: int | None) -> str:
    text = row[column].strip() if column is not None and len(row) > column else ""
    usage = {"PublicTest": "validation", "PrivateTest": "test"}  # as FER2013 calls them
    return "unlabelled" if says_unlabelled(text) else usage.get(text) or part_of(text)


class _Index:
    """Finds the pictures that a cell names."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self.names: dict[str, list[tuple[str, str]]] = {}
        self.left = MOST_COMPARED
        for path in pictures:
            name = same(path.rpartition("/")[2]).lower()
            for key in {name, name.rpartition(".")[0]}:
                self.names.setdefault(key, []).append((path, f"/{_stem(path)}"))

    def find(self, cell: str, beside: str, part: str) -> str | None:
        """The one picture that a cell means: beside the table, else anywhere if its end says which."""
        wanted = same(cell.replace("\\", "/")).lower().removeprefix("./").strip("/")
        end, every = f"/{_stem(wanted)}", self.names.get(wanted.rpartition("/")[2], ())
        self.left -= len(every)
        if self.left < 0:
            raise ValueError(
                "Too many pictures share a name for the tables of labels to be followed: say the whole path in them."
            )
        near = [(path, stem) for path, stem in every if stem.endswith(end)]
        if len(near) > 1 and part:
            near = [one for one in near if any(part_of(name) == part for name in one[0].split("/")[:-1])] or near
        exact = [path for path, stem in near if stem[1:] in (beside + wanted, beside + end[1:])]
        return exact[0] if len(exact) == 1 else near[0][0] if len(near) == 1 else None


def _stem(path: str) -> str:
    path = same(path).lower()
    return path.rpartition(".")[0] if path.endswith(ENDINGS) else path


def by_tables(
    pictures: Sequence[str], tables: Mapping[str, bytes], folders: list[Seat], tally: Tally
) -> list[Seat] | None:
    """What tables say of pictures, None where none of them says anything; pictures they do not name are unlabelled.

    A folder called unlabelled is believed before a table, and class folders where a table names fewer than half of
    the pictures they hold.
    """
    index, free = _Index(pictures), {path for path in pictures if any(map(says_unlabelled, path.split("/")[:-1]))}
    said: dict[str, Row] = {}
    for name, content in tables.items():
        rows = read_table(name, content)
        if rows is None:
            tally.add(name.rpartition("/")[2], "no columns of it say files and classes")
            continue
        beside = same(name.rpartition("/")[0].lower() + "/" if "/" in name else "")
        for row in rows:
            path, what = index.find(row.file, beside, row.part), f"rows of {name.rpartition('/')[2]}"
            if path is None:
                tally.add(what, "no picture, or more than one, has that name")
            elif path in free and row.label is not None:
                tally.add(what, "their pictures lie in a folder called unlabelled")
            elif path in said and said[path].label != row.label:
                tally.add(what, "another row says something else of the same picture")
            elif path not in said or row.part:
                said[path] = row
    known = sum(row.label is not None for row in said.values())
    classed = sum(seat.label is not None for seat in folders)
    if not known or 2 * known < classed:
        if known:
            tally.add("rows of tables", "the class folders say more", len(said))
        return None
    return _seats(pictures, said, free, tally)


def _seats(pictures: Sequence[str], said: dict[str, Row], free: set[str], tally: Tally) -> list[Seat]:
    seats, nothing = [], Row("", None, "")
    for path in pictures:
        row = said.get(path, nothing)
        part = row.part or next((part for name in path.split("/")[:-1] if (part := part_of(name))), "")
        label = None if path in free or row.part == "unlabelled" else row.label
        if label is None and part == TEST and path not in free:
            tally.add("pictures of the test", "nobody says their class, so that they cannot be a test")
        else:
            seats.append(Seat(path, label, "" if label is None else part))
    if {seat.part for seat in seats if seat.label is not None} > {
        ""
    }:  # some say their part: the others are to learn from
        seats = [seat._replace(part=seat.part or "train") if seat.label is not None else seat for seat in seats]
    return sorted(seats)
