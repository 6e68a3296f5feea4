"""What became of runs: one line each, or one JSON object, and the exit code."""

from __future__ import annotations

import json
import sys
from typing import Any

from ssl_core.intervals import small_test, with_interval
from ssl_core.tasks import task_of

KEPT = (
    *("method", "labels", "seed", "test_accuracy", "validation_accuracy", "seconds", "run", "state", "why", "data"),
    *("step", "steps", "task", "value", "judged", "features", "variant"),
    *("tested", "role", "test_low", "test_high", "balanced_accuracy", "recall"),
)


def run_row(run: Any) -> dict[str, Any]:
    """One run as this terminal tells it."""
    from ssl_core.runs.progress import describe

    row = describe(run)
    return {key: row[key] for key in KEPT}


def print_rows(result: dict[str, Any], rows: list[dict[str, Any]], as_json: bool) -> int:
    """A line a run on stdout, or on stderr with `result` as JSON on stdout; 0 only if every run is done."""
    for row in rows:
        task, line = task_of(row), ", ".join(filter(None, (row["method"], row["variant"])))
        print(
            f"{line:<18} {row['labels']:>5} labels  seed {row['seed']}  {row['state']:<8} "
            f"{task.title.lower()} {with_interval(task.words(row['value']), row):>7}  "
            f"{row['seconds']:6.1f} s  {row['run']} {row['why']}",
            file=sys.stderr if as_json else sys.stdout,
        )
    for warning in sorted({small_test(row["tested"]) for row in rows} - {""}):
        print(warning, file=sys.stderr)
    for sentence in dict.fromkeys(row["features"] for row in rows if row["features"]):
        print(sentence, file=sys.stderr if as_json else sys.stdout)
    if as_json:
        print(json.dumps(result, allow_nan=False))
    return 0 if all(row["state"] == "done" for row in rows) else 1
