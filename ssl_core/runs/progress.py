"""What a page or a terminal shows of runs: one plain row each, and how long things will take."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from ssl_core.data.catalog import built_in, find_card
from ssl_core.features.card import learned_from
from ssl_core.intervals import uneven, wilson
from ssl_core.method_cards import CARDS
from ssl_core.runs.checked import is_number
from ssl_core.runs.files import read_json
from ssl_core.runs.store import ENDED, WAITING, Run, Store
from ssl_core.tasks import CLASSIFY, task_of

START = 1.0  # seconds from queue to first step once a worker is warm
LOOKED = 1000  # runs of a method that are looked through for a time that was measured here


def describe(run: Run) -> dict[str, Any]:
    """One run as one row: who it is, its state, how far it got, its latest scores, seconds used and left."""
    config, standing = run.config, run.standing()
    rows = run.tail.read()
    last = rows[-1] if rows else {}
    measure, judged = measures(config)
    measured = next((row for row in reversed(rows) if is_number(row.get(measure))), {})
    training = config.get("training", {})
    steps, seconds = training.get("steps", 0), last.get("seconds", 0.0)
    step = min(last.get("step", 0), steps)
    left = seconds / step * (steps - step) if step and standing.state in WAITING else None
    phase = run.phase if standing.state == "running" and not step else {}
    return {
        "run": run.name,
        "data": config.get("data"),
        "method": config.get("method"),
        "variant": config.get("variant", ""),
        "labels": config.get("labels"),
        "seed": config.get("seed"),
        "role": config.get("role", ""),
        "experiment": config.get("experiment", ""),
        "state": "stopping" if standing.state == "running" and run.stopping() else standing.state,
        "why": standing.why or run.tail.why,
        "step": step,
        "steps": steps,
        **scores(config, measured, _latest(rows, judged)),
        "seconds": seconds,
        "left": left if left is not None else phase.get("left"),
        "phase": phase.get("text", ""),
        "features": learned_from(training.get("model")),
        "unreadable_lines": run.tail.bad,
    }


def measures(config: Mapping[str, Any]) -> tuple[str, str]:
    """What a run of this task is measured and judged by."""
    task = task_of(config)
    return task.measure, task.judged


def scores(config: Mapping[str, Any], measured: Mapping[str, Any], judged: float | None) -> dict[str, Any]:
    """The scores of a row, from a measured row of its record or from its end: by what they are for.

    For a classifier by their names, too: accuracies, the test accuracy's interval, and what tells of uneven classes.
    """
    task = config.get("task", CLASSIFY)
    value = measured.get(measures(config)[0])
    value, judged = (one if is_number(one) else None for one in (value, judged))
    named = dict.fromkeys(ACCURACIES)
    if task == CLASSIFY:
        named |= {"test_accuracy": value, "validation_accuracy": judged, **_by_class(measured)}
        tested = named["tested"] = None if value is None else _tested(config, measured)
        if tested:
            named["test_low"], named["test_high"] = wilson(value, tested)
    return {"task": task, "value": value, "judged": judged} | named


ACCURACIES = (
    *("test_accuracy", "validation_accuracy", "tested", "test_low", "test_high"),
    *("balanced_accuracy", "recall", "tested_by_class", "uneven"),
)


def _tested(config: Mapping[str, Any], measured: Mapping[str, Any]) -> int | None:
    """How many test pictures there were. Runs once did not say: then a set that cannot have changed says it."""
    tested = measured.get("tested")
    if tested is None and built_in(config.get("data", "")):
        tested = find_card(config["data"]).test
    return tested or None


def _by_class(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Recall of each class and what follows from it, as far as the run says it."""
    recall, counts = measured.get("recall"), measured.get("tested_by_class")
    if not recall or not counts or len(recall) != len(counts):
        return {}
    return {
        "balanced_accuracy": measured.get("balanced_accuracy"),
        "recall": [share if count else None for share, count in zip(recall, counts, strict=True)],
        "tested_by_class": counts,
        "uneven": uneven(counts),
    }


def _latest(rows: Sequence[Mapping[str, Any]], measure: str) -> float | None:
    """The newest row's that has this number; a set without a test has none."""
    return next((row[measure] for row in reversed(rows) if is_number(row.get(measure))), None)


IN_LESSON = "lesson-"  # what the id of an experiment begins with that belongs to a lesson


def latest_experiment(store: Store, among: Iterable[str] | None = None) -> str | None:
    """The experiment whose newest run was submitted last, of some; a lesson's stays in its lesson, whoever looks."""
    names = experiments(store) if among is None else among
    return next((name for name in names if not name.startswith(IN_LESSON)), None)


def experiments(store: Store) -> list[str]:
    """Every experiment of the store, newest first."""
    return store.experiments()


def ceiling_of(store: Store, data: str, pool: int) -> float | None:
    """Test accuracy of the newest finished supervised run with every label, if there is one."""
    for run in reversed(store.of_kind(data, "supervised", pool)):
        end = run.end
        if end.get("state") == "done":
            return end.get("test_accuracy")
    return None


def step_seconds(store: Store, data: str, method: str, training: dict[str, Any]) -> float:
    """Seconds a step here: from the newest finished run of the same kind, else as measured elsewhere."""
    kind = ("model", "batch", "device", "threads")
    for run in islice(reversed(store.of_method(data, method)), LOOKED):
        if all(run.config["training"].get(key) == training[key] for key in kind):
            end = run.end
            if end.get("state") == "done" and end.get("step") and end.get("seconds"):
                return end["seconds"] / end["step"]
    return measured_step(data, method) * (1 if "small" in training["model"] else 20)


@cache
def _step_times() -> dict[str, dict[str, float]]:
    """Seconds a step by data set and method: python -m tests.benchmarks.steps --write."""
    return read_json(Path(__file__).with_name("step_times.json"))["seconds"]


def measured_step(data: str, method: str) -> float:
    """Seconds a step of the small network, as measured on one core of the machine that made the README's table.

    A data set without a time of its own takes that of the built-in one of its size, a method that of its family.
    """
    times, card = _step_times(), find_card(data)
    known = times[data if data in times else "digits" if card and card.side < 16 else "shapes"]
    if method in known:
        return known[method]
    family = CARDS[method].family if method in CARDS else ""
    kin = [seconds for name, seconds in known.items() if name in CARDS and CARDS[name].family == family]
    return statistics.median(kin or known.values())


def estimate(store: Store, configs: Iterable[dict[str, Any]], at_once: int) -> float:
    """Seconds until all of these would be done, running `at_once` at a time."""
    times = [
        START + config["training"]["steps"] * step_seconds(store, config["data"], config["method"], config["training"])
        for config in configs
    ]
    if not times:
        return 0.0
    return max(max(times), sum(times) / at_once)


def finished(row: dict[str, Any]) -> bool:
    """Whether a described run will not change any more by itself."""
    return row["state"] in (*ENDED, "broken")
