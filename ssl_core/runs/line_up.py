"""Which networks are asked: the best of the newest experiment at first, and beside one those it was compared with."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from ssl_core.data.catalog import find_card
from ssl_core.lines import line_of
from ssl_core.runs.plain_files import there
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Run, Store
from ssl_core.tasks import CLASSIFY, task_of, value_of

MOST = 4  # networks asked at a time: answers that still stand next to the drawing
CEILING = "ceiling"


def can_be_asked(run: Run) -> bool:
    """Whether a run has come to its end and classifies, so that its network says something to a picture."""
    return run.config.get("task", CLASSIFY) == CLASSIFY and run.state == "done"


def why_not(store: Store, name: str) -> str:
    """Why a run that an address names cannot be asked, one sentence; nothing where it can."""
    run = store.run(name)
    short = name if len(name) <= 80 else f"{name[:79]}…"
    if run is None:
        return f"The run {short} is not in this store any more, so it is not asked."
    if run.config.get("task", CLASSIFY) != CLASSIFY:
        return f"The run {short} does not classify, so it is not asked."
    return "" if run.state == "done" else f"The run {short} is {run.state}, not finished, so it is not asked."


def first_to_ask(store: Store, among: Container[str] | None = None) -> str | None:
    """The best finished run of the newest experiment that has one; else the newest finished run; of some.

    Trials of a search belong to no experiment, and the run with every label, which no method could beat, is not meant.
    """
    every = [run for run in reversed(store.runs()) if among is None or run.name in among]
    runs, seen = [run for run in every if not run.config.get("search")], set()
    for run in runs:
        experiment = run.config.get("experiment")
        if experiment and experiment not in seen and (best := best_of(filter(_kept, store.of_experiment(experiment)))):
            return best
        seen.add(experiment)
    return next((run.name for run in [*runs, *every] if can_be_asked(run) and _kept(run)), None)


def _kept(run: Run) -> bool:
    """Whether the network of a run is still there."""
    return there(run.folder / "checkpoint.pt")


def best_of(runs: Iterable[Run]) -> str | None:
    """The finished run that is best in validation, of equal ones the first; in the test where nothing was validated."""
    rows = [describe(run) for run in runs if run.config.get("role") != CEILING and can_be_asked(run)]
    return max(rows, key=_value, default={"run": None})["run"]


def _value(row: dict[str, Any]) -> tuple[bool, float]:
    score = value_of(row) if row["judged"] is None else row["judged"]
    return (False, 0.0) if score is None else (True, score if task_of(row).higher else -score)


def rivals(store: Store, name: str) -> list[str]:
    """Up to three finished runs to ask beside this one: of its experiment, the other methods with as many labels.

    The baseline comes first, each method with the seed of this one where it has it, and the run with every label last.
    Beside the run with every label stand those with the fewest.
    """
    run = store.run(name)
    if run is None or not run.config.get("experiment"):
        return []
    ceiling = run.config.get("role") == CEILING
    every = None if ceiling else _every_label(store, run)
    others = [one for one in store.of_experiment(run.config["experiment"]) if one.config.get("role") != CEILING]
    labels = min(map(_labels, others), default=0) if ceiling else _labels(run)
    alike = [one for one in others if _labels(one) == labels and _line(one) != _line(run)]
    alike.sort(key=lambda one: (one.config["method"] != "supervised", one.config["seed"] != run.config["seed"]))
    lines: dict[Any, str] = {}
    for one in alike:
        if _line(one) not in lines and can_be_asked(one):
            lines[_line(one)] = one.name
    return [*list(lines.values())[: MOST - 1 - bool(every)], *([every] if every else [])]


def _line(run: Run) -> tuple[Any, ...]:
    """What a line of an experiment's chart is; the run with every label is in none."""
    return line_of(run.config), run.config.get("role", "")


def _labels(run: Run) -> int:
    return run.config["labels"]


def _every_label(store: Store, run: Run) -> str | None:
    card = find_card(run.config["data"])
    every = store.of_kind(card.name, "supervised", card.known) if card else []
    return next((one.name for one in reversed(every) if one.name != run.name and can_be_asked(one)), None)
