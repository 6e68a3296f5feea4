"""What charts show at a moment of the past: frames of their traces, for the browser to play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.accuracy import accuracy_chart, by_validation
from ssl_core.figures.wall import quality_bars

Rows = list[dict[str, Any]]


def accuracy_frames(past: Sequence[tuple[float, Rows]], pictures: int | None) -> list[dict[str, Any]]:
    """The dots of each share of the steps; a frame that would equal the one before is left out.

    `pictures` as of by_validation, where dots show accuracy on validation pictures; None where there is a test.
    """
    frames: list[dict[str, Any]] = []
    for at, rows in past:
        seen = rows if pictures is None else by_validation(rows, pictures)[0]
        traces = accuracy_chart([row for row in seen if row["role"] != "ceiling"], chance=None)["data"]
        if not frames or frames[-1]["data"] != traces:
            frames.append({"at": at, "data": traces})
    return frames


def quality_frames(rows: Rows, classes: Sequence[str], steps: int, most: float) -> list[dict[str, Any]]:
    """The bars of each recorded moment."""
    return [
        {"at": min(1.0, row["step"] / max(1, steps)), "data": quality_bars(row, classes, most)["data"]} for row in rows
    ]
