"""How long an experiment takes, and how many steps fit into a given time."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from ssl_core.runs.experiment import Experiment
from ssl_core.runs.progress import START, estimate
from ssl_core.runs.store import Store

FEWEST_STEPS = 100


class Plan(NamedTuple):
    """What will be run, for how long, and what was shortened to make it fit."""

    experiment: Experiment
    runs: int
    seconds: float
    note: str


def fit(store: Store, experiment: Experiment, budget: float | None, at_once: int) -> Plan:
    """The experiment with its steps shortened until it fits into `budget` seconds, running `at_once` at a time.

    Raises ValueError, one sentence, for an experiment that cannot be run.
    """
    configs = [config.to_dict() for config in experiment.configs()]
    if experiment.ceiling:
        configs.append(experiment.ceiling_config().to_dict())
    seconds = estimate(store, configs, at_once)
    if budget is None or seconds <= budget:
        return Plan(experiment, len(configs), seconds, f"on {at_once} at a time.")
    fixed = START * len(configs) / at_once
    share = max(0.0, (budget - fixed) / max(seconds - fixed, 1e-9))
    steps = {c["method"]: max(FEWEST_STEPS, int(c["training"]["steps"] * share)) for c in configs}
    knobs = {method: {**experiment.knobs.get(method, {}), "steps": count} for method, count in steps.items()}
    shorter = dataclasses.replace(experiment, knobs={**experiment.knobs, **knobs})
    fewer = [c | {"training": c["training"] | {"steps": steps[c["method"]]}} for c in configs]
    seconds = estimate(store, fewer, at_once)
    fewest, most = min(steps.values()), max(steps.values())
    count = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    late = "" if seconds <= 1.1 * budget else " That is still more than the budget: choose fewer runs."
    return Plan(shorter, len(configs), seconds, f"on {at_once} at a time, with {count} steps a run to fit.{late}")
