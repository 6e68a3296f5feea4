"""Rows as CSV that a spreadsheet opens without running any of it: a name may begin like a formula."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def guarded(value: Any) -> Any:
    """A cell as it may be written: text like a formula gets an apostrophe, no number is touched, NaN is empty."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n")  # csv quotes the one line end that it writes itself
        return f"'{value}" if value.startswith(FORMULA) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """A header and a line a row, as they come; what a row has beside these columns is left out, what it lacks empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for cells in chain([columns], ([row.get(name) for name in columns] for row in rows)):
        writer.writerow(map(guarded, cells))
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The same as one text."""
    return "".join(csv_lines(rows, columns))
