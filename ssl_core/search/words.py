"""A search in plain words and rows, for a page and for a terminal."""

from __future__ import annotations

from typing import Any

from ssl_core.search.trials import Trial, best_of, task_of_trials


def as_row(trial: Trial) -> dict[str, Any]:
    """One trial as JSON, and as a row of a chart."""
    return {
        "trial": trial.number,
        "state": trial.state,
        "values": trial.values,
        "validation_accuracy": trial.latest,
        "test_accuracy": trial.test,
        "seconds": round(trial.seconds, 2),
        "runs": [run.name for run in trial.runs],
        "why": trial.why,
    }


def verdict(trials: list[Trial]) -> str:
    """How much the best trial wins over the default, in one sentence or two."""
    best, default = best_of(trials), next((trial for trial in trials if trial.number == 0), None)
    if best is None:
        return "No trial has finished yet."
    task = task_of_trials(trials)
    first = f"Best: trial {best.number} with {task.words(best.score)} on validation"
    if default is None or default.score is None:
        return f"{first}; the default has not finished."
    if best.number == 0:
        return f"{first}, the default: nothing else that was tried is better."
    difference = abs(best.score - default.score)
    gain = f"{100 * difference:.1f} points" if task.unit == "%" else task.words(difference)
    side, usual = "above" if task.higher else "below", task.words(default.score)
    values = ", ".join(f"{knob} {value}" for knob, value in best.values.items())
    return f"{first} ({values}), {gain} {side} the default's {usual} with the same seeds."
