"""A finished experiment played again from its record: what each run was worth when a share of its steps was taken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ssl_core.runs.checked import is_number
from ssl_core.runs.progress import measures, scores
from ssl_core.runs.store import Run

FRAMES = 40  # as many as two looks at the accuracy for each of the usual twenty
MOST_DOTS = 4_000  # of all frames together: with many runs there are fewer frames


class Past:
    """One run's record, to be asked what its described row was at a share of its steps."""

    def __init__(self, run: Run, row: dict[str, Any]) -> None:
        self.run, self.row = run, row
        self.measure, self.judged = measures(run.config)
        rows = run.tail.read()
        self._measured = [one for one in rows if is_number(one.get(self.measure))]
        self._judged = [one for one in rows if is_number(one.get(self.judged))]

    def at(self, share: float) -> dict[str, Any]:
        """The row as it was then; at 1 as it is. What is done now was training then."""
        if share >= 1:
            return self.row
        step = share * self.row["steps"]
        measured, judged = _last(self._measured, step), _last(self._judged, step)
        state = "running" if self.row["state"] == "done" else self.row["state"]
        return self.row | scores(self.run.config, measured, judged.get(self.judged)) | {"step": step, "state": state}


def _last(rows: Sequence[dict[str, Any]], step: float) -> dict[str, Any]:
    """The newest of these rows that had been written by this step; {} before the first."""
    place = bisect_right(rows, step + 1e-6, key=lambda row: row["step"])
    return rows[place - 1] if place else {}


def past(runs: Sequence[Run], rows: Sequence[dict[str, Any]]) -> list[tuple[float, list[dict[str, Any]]]]:
    """(share of the steps, every run's row then) from 0 up to, and without, the end; `rows` as describe makes them."""
    count = max(4, min(FRAMES, MOST_DOTS // max(1, len(rows))))
    records = [Past(run, row) for run, row in zip(runs, rows, strict=True)]
    return [(place / count, [record.at(place / count) for record in records]) for place in range(count)]
