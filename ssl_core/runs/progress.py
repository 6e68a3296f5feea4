"""What a page or a terminal shows of runs: one plain row each, and how long things will take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ssl_core.runs.store import ENDED, WAITING, Run, Store

# Seconds a step on one core of the machine that made the README's table, until this store has runs of its own:
# python -m tests.benchmarks.steps
MEASURED_STEP = {
    "digits": {
        "supervised": 0.003,
        "supervised_strong": 0.0042,
        "supervised_mixup": 0.0029,
        "pseudo_label": 0.0091,
        "pi_model": 0.01,
        "temporal_ensembling": 0.0084,
        "mean_teacher": 0.0104,
        "vat": 0.0222,
        "ict": 0.0105,
        "uda": 0.0143,
        "mixmatch": 0.0132,
        "mixmatch_sgd": 0.0132,
        "remixmatch": 0.0134,
        "fixmatch": 0.0225,
        "fixmatch_cta": 0.0208,
        "flexmatch": 0.015,
        "freematch": 0.0151,
        "softmatch": 0.0145,
        "nearest_match": 0.0075,
        "cluster_match": 0.0081,
        "label_spreading": 0.0079,
    },
    "shapes": {
        "supervised": 0.0062,
        "supervised_strong": 0.0099,
        "supervised_mixup": 0.0067,
        "pseudo_label": 0.0283,
        "pi_model": 0.0362,
        "temporal_ensembling": 0.0289,
        "mean_teacher": 0.0372,
        "vat": 0.0704,
        "ict": 0.0356,
        "uda": 0.0569,
        "mixmatch": 0.0433,
        "mixmatch_sgd": 0.0413,
        "remixmatch": 0.0458,
        "fixmatch": 0.0575,
        "fixmatch_cta": 0.0698,
        "flexmatch": 0.0563,
        "freematch": 0.056,
        "softmatch": 0.0575,
        "nearest_match": 0.029,
        "cluster_match": 0.0284,
        "label_spreading": 0.0281,
    },
}
MEASURED_STEP |= dict.fromkeys(("shapes_snow", "shapes_snow_80", "shapes_snow_50"), MEASURED_STEP["shapes"])
START = 1.0  # seconds from queue to first step once a worker is warm


def number(value: Any, otherwise: Any = None) -> Any:
    """The value if it is a number that a table can hold: somebody may have written into a run's files."""
    return value if type(value) in (int, float) and abs(value) < 2**53 else otherwise


def describe(run: Run) -> dict[str, Any]:
    """One run as one row: who it is, its state, how far it got, its latest accuracy, seconds used and left."""
    config, end, state = run.config, run.end, run.state
    rows = run.tail.read()
    last = rows[-1] if rows else {}
    measured = next((row for row in reversed(rows) if number(row.get("test_accuracy")) is not None), {})
    steps = config.get("training", {}).get("steps", 0)
    step, seconds = number(last.get("step"), 0), number(last.get("seconds"), 0.0)
    left = seconds / step * (steps - step) if step and state in WAITING else None
    return {
        "run": run.name,
        "data": config.get("data"),
        "method": config.get("method"),
        "labels": config.get("labels"),
        "seed": config.get("seed"),
        "role": config.get("role", ""),
        "experiment": config.get("experiment", ""),
        "state": "stopping" if state == "running" and run.stopping() else state,
        "why": str(end.get("why") or "") or run.why,
        "step": step,
        "steps": steps,
        "test_accuracy": number(measured.get("test_accuracy")),
        "validation_accuracy": number(measured.get("validation_accuracy")),
        "seconds": seconds,
        "left": left,
        "unreadable_lines": run.tail.bad,
    }


def latest_experiment(store: Store) -> str | None:
    """The experiment whose newest run was submitted last."""
    return next((run.config["experiment"] for run in reversed(store.runs()) if run.config.get("experiment")), None)


def experiments(store: Store) -> list[str]:
    """Every experiment of the store, newest first."""
    named = (run.config.get("experiment") for run in reversed(store.runs()))
    return list(dict.fromkeys(name for name in named if name))


def ceiling_of(store: Store, data: str, pool: int) -> float | None:
    """Test accuracy of the newest finished supervised run with every label, if there is one."""
    for run in reversed(store.of_kind(data, "supervised", pool)):
        end = run.end
        if end.get("state") == "done":
            return end.get("test_accuracy")
    return None


def step_seconds(store: Store, data: str, method: str, training: dict[str, Any]) -> float:
    """Seconds a step here: from the newest finished run of the same kind, else as measured for the README."""
    kind = ("model", "batch", "device", "threads")
    for run in reversed(store.runs()):
        config = run.config
        if (config.get("data"), config.get("method")) != (data, method):
            continue
        if all(config.get("training", {}).get(key) == training[key] for key in kind):
            end = run.end
            if end.get("state") == "done" and end.get("step"):
                return end["seconds"] / end["step"]
    return MEASURED_STEP.get(data, {}).get(method, 0.05) * (1 if "small" in training["model"] else 20)


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
