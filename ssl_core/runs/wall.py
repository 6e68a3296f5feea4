"""Reading a run's wall: what was believed of its pictures at every recorded moment, and the sheet of these pictures."""

from __future__ import annotations

import struct
from typing import Any

from ssl_core.runs.plain_files import read_plain
from ssl_core.runs.run import SHEET, Run

MOST_SHEET = 4 * 2**20  # bytes
COLUMNS, MOST_SIDE = 10, 64  # of a sheet: pictures in a line, and pixels of a picture's side
MOST_MOMENTS = 200
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
LISTS = ("guess", "confidence", "counts", "threshold", "taught", "learned")


def moments(run: Run) -> list[dict[str, Any]]:
    """The rows of the wall in the order of their steps, those of the newest row's pictures; [] where there are none."""
    rows = run.wall.read()
    if not rows:
        return []
    truth = rows[-1]["truth"]
    by_step = {row["step"]: row for row in rows[-MOST_MOMENTS:] if row["truth"] == truth}
    return [by_step[step] for step in sorted(by_step)]


def each(row: dict[str, Any], name: str, default: Any = None) -> list[Any]:
    """One of LISTS with an entry for each picture, also where the row has one number for all."""
    value = row.get(name, default)
    return value if isinstance(value, list) else [value] * len(row["truth"])


def changes(rows: list[dict[str, Any]]) -> list[list[int]]:
    """How often each picture's guess had changed by each of these moments."""
    counts: list[list[int]] = []
    for place, row in enumerate(rows):
        before = rows[place - 1] if place else row
        so_far = counts[-1] if counts else [0] * len(row["guess"])
        changed = zip(so_far, before["guess"], row["guess"], strict=True)
        counts.append([count + (was != now) for count, was, now in changed])
    return counts


def sheet(run: Run) -> bytes | None:
    """The PNG of the pictures, None where there is none; whatever else lies there is none."""
    try:
        content = read_plain(run.folder / SHEET, MOST_SHEET)
    except (OSError, ValueError):
        return None
    return content if sides(content) else None


def sides(content: bytes) -> tuple[int, int] | None:
    """Pixels across and down of a PNG that may be a sheet; None for anything else."""
    if not content.startswith(PNG) or len(content) < len(PNG) + 8:
        return None
    across, down = struct.unpack(">II", content[len(PNG) : len(PNG) + 8])
    side = across // COLUMNS
    whole = across == side * COLUMNS and 1 <= side <= MOST_SIDE and down % side == 0 and 1 <= down // side <= COLUMNS
    return (across, down) if whole else None
