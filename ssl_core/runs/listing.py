"""Every run of a store as one row, newest first: a thousand in under a second, a second look in milliseconds.

What is shown is looked at each time, whatever is kept of it: a row never says what its folder does not.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

from ssl_core.features.card import learned_from
from ssl_core.runs.checked import NUMBERS, ROW, is_number
from ssl_core.runs.files import MOST_RECORD
from ssl_core.runs.plain_files import read_plain
from ssl_core.runs.progress import describe, measures, scores
from ssl_core.runs.store import ENDED, Run, Store, identity
from ssl_core.tasks import task_of

Row = dict[str, Any]
# A thousand records are 40 MB of JSON: parsing all of it would take most of the second that this page may take.
NUMBER = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
FILES = ("config.json", "end.json", "metrics.jsonl")
HIDDEN = 1000  # rows behind a filter that are looked at again, at each look


class Listing:
    """Rows of a store's runs. What has ended is read once; one who looks again pays for three looks at a folder."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: dict[str, tuple[Any, Row]] = {}
        self._turn = 0  # whose turn it is among the hidden
        self._lock = threading.Lock()

    def rows(self) -> list[Row]:
        """Every run, newest first, as `describe` tells it, with `curve`, its measure so far, and `created`."""
        with self._lock:
            runs = self.store.runs()
            kept = {run.name: self._row(run) for run in reversed(runs)}
            self._kept = {name: pair for name, pair in kept.items() if pair[0]}
            return [row for _, row in kept.values()]

    def newest(
        self,
        most: int,
        *,
        data: Collection[str] = (),
        method: Collection[str] = (),
        state: Collection[str] = (),
        experiment: str | None = None,
        text: str = "",
        only: Callable[[Run], bool] | None = None,
        known: Callable[[Row], Row] = lambda row: row,
        pinned: Collection[str] = (),
    ) -> tuple[list[Row], bool]:
        """Up to `most` of the newest rows that pass these filters (see `choose`) and `only`; whether there are more.

        `known` adds to a row what is said elsewhere, such as its experiment's name; runs of `pinned` experiments come
        first. It costs what it shows. What a filter hides may have changed and pass by now: HIDDEN of those are looked
        at again each time, in turn, which in a store of a thousand runs is all of them.
        """
        about = [("data", data), ("method", method)]
        with self._lock:
            runs = self.store.of_experiment(experiment) if experiment else self.store.runs()
            runs = [run for run in runs if all(not asked or run.config.get(key) in asked for key, asked in about)]
            runs = [run for run in runs if only(run)] if only else runs
            shown: list[Row] = []
            hidden, again = 0, range(HIDDEN * self._turn, HIDDEN * (self._turn + 1))
            in_order = runs[::-1]
            in_order.sort(key=lambda run: run.config.get("experiment") not in pinned)
            for run in in_order:
                kept = self._kept.get(run.name)
                if kept and not choose([known(kept[1])], state=state, text=text):
                    hidden += 1
                    if hidden - 1 not in again:
                        continue
                shown += choose([known(self._look(run))], state=state, text=text)
                if len(shown) > most:
                    break
            self._turn = self._turn + 1 if hidden > again.stop else 0
            return shown[:most], len(shown) > most

    def _look(self, run: Run) -> Row:
        seen, row = self._row(run)
        if seen:
            self._kept[run.name] = seen, row
        else:
            self._kept.pop(run.name, None)
        return row

    def _row(self, run: Run) -> tuple[Any, Row]:
        """The row, and what it was read from if it cannot change while that stays the same."""
        seen = tuple(identity(run.folder / name) for name in FILES)
        kept = self._kept.get(run.name)
        if kept and kept[0] == seen:
            return kept
        end = run.end
        if run.config and end.get("state") in ENDED and "step" in end:
            return seen, _ended(run, end)
        row = describe(run)
        row |= {
            "curve": _curve(run.tail.read(), task_of(run.config).measure),
            "created": run.config.get("created"),
        }
        return (seen if end.get("state") in ENDED else None), row


@cache
def _written(measure: str) -> re.Pattern[bytes]:
    """A measure's numbers in a record; null is none."""
    return re.compile(f'"{re.escape(measure)}": {NUMBER}[,}}]'.encode())


def _curve(rows: Iterable[Row], measure: str) -> list[float]:
    return [row[measure] for row in rows if is_number(row.get(measure))]


def _ended(run: Run, end: dict[str, Any]) -> Row:
    """The row of a run that has ended: its end says nearly all, and of its record only the measure is read."""
    config = run.config
    try:
        content, why = read_plain(run.folder / "metrics.jsonl", MOST_RECORD), ""
    except (OSError, ValueError):
        run.tail.read()
        content, why = b"", run.tail.why
    measure, judged = measures(config)
    curve, holds = [float(digits) for digits in _written(measure).findall(content)], ROW.get(measure, NUMBERS).holds
    return {
        "run": run.name,
        "data": config["data"],
        "method": config["method"],
        "variant": config.get("variant", ""),
        "labels": config["labels"],
        "seed": config["seed"],
        "role": config.get("role", ""),
        "experiment": config.get("experiment", ""),
        "state": end["state"],
        "why": end["why"] or why,
        "step": min(end["step"], config["training"]["steps"]),
        "steps": config["training"]["steps"],
        **scores(config, end, end.get(judged)),
        "seconds": end.get("seconds", 0.0),
        "left": None,
        "phase": "",
        "features": learned_from(config["training"].get("model")),
        "unreadable_lines": 0,
        "curve": [score for score in curve if holds(score)],
        "created": config.get("created"),
    }


def choose(
    rows: Iterable[Row],
    *,
    data: Collection[str] = (),
    method: Collection[str] = (),
    state: Collection[str] = (),
    experiment: str | None = None,
    text: str = "",
) -> list[Row]:
    """The rows that pass every filter; an empty filter lets everything pass.

    Every word of `text` must occur in the run's name, data, method, variant, experiment, what that is called with its
    tags, state, reason or owners, whatever its case.
    """
    words = text.lower().split()
    kept = []
    for row in rows:
        pairs = ((data, row["data"]), (method, row["method"]), (state, row["state"]))
        if any(wanted and value not in wanted for wanted, value in pairs):
            continue
        if experiment and row["experiment"] != experiment:
            continue
        text_of_row = " ".join(
            str(row.get(key, ""))
            for key in ("run", "data", "method", "variant", "experiment", "called", "state", "why", "who")
        ).lower()
        if all(word in text_of_row for word in words):
            kept.append(row)
    return kept
