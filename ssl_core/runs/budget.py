"""How long an experiment takes, and how many steps fit into a given time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, NamedTuple

from ssl_core.people.asking import asker
from ssl_core.runs.equal import equal_runs
from ssl_core.runs.experiment import Experiment
from ssl_core.runs.limits import check_asked, check_limits
from ssl_core.runs.origin import origin_of
from ssl_core.runs.progress import START, estimate, step_seconds
from ssl_core.runs.queue import ahead
from ssl_core.runs.store import Run, Store
from ssl_core.runs.variants import Variant

FEWEST_STEPS = 100


class Plan(NamedTuple):
    """What will be run, for how long what is new in it takes, and what was shortened to make it fit."""

    experiment: Experiment
    runs: int
    seconds: float
    note: str
    before: int = 0  # runs that are in the queue already
    wait: float = 0.0  # seconds until those are done


def fit(store: Store, experiment: Experiment, budget: float | None, at_once: int) -> Plan:
    """The experiment with its steps shortened until it fits into `budget` seconds, running `at_once` at a time.

    Raises ValueError, one sentence, for an experiment that cannot be run.
    """
    plan, asks = _fit(store, experiment, budget, at_once), asker()
    if asks and not store.of_experiment(plan.experiment.id):
        check_asked(store, _to_learn(store, plan.experiment.data, plan.experiment.plain()))
    before = [
        run
        for run in ahead(store, who=[asks.who] if asks and asks.who else ())
        if run.config.get("experiment") != plan.experiment.id
    ]
    return plan._replace(before=len(before), wait=time_left(store, before, at_once))


def time_left(store: Store, runs: Iterable[Run], at_once: int) -> float:
    """Seconds until these runs, which run or wait, would be done, running `at_once` at a time."""
    known: dict[tuple, float] = {}
    times = [_left(store, run, known) for run in runs]
    return max(max(times), sum(times) / at_once) if times else 0.0


def _left(store: Store, run: Run, known: dict[tuple, float]) -> float:
    """Seconds that one run will take yet, and at most what its limit allows; a guess where its files say nonsense."""
    try:
        config, rows = run.config, run.tail.read()
        training, row = config["training"], rows[-1] if rows else {}
        if row.get("step"):
            left = row["seconds"] / row["step"] * (training["steps"] - row["step"])
            return min(60 * training["limit_minutes"] - row["seconds"], left)
        kind = (config["data"], config["method"], *(training[key] for key in ("model", "batch", "device", "threads")))
        if kind not in known:
            known[kind] = step_seconds(store, *kind[:2], training)
        return START + min(60 * training["limit_minutes"], training["steps"] * known[kind])
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError):
        return START


def _fewer(steps: int, share: float) -> int:
    return max(FEWEST_STEPS, int(steps * share))


def _shortened(variant: Variant, share: float) -> Variant:
    """The variant under its name, with its share of the steps if it says how many."""
    if "steps" not in variant.knobs:
        return variant
    return dataclasses.replace(
        variant, knobs={**variant.knobs, "steps": _fewer(variant.knobs["steps"], share)}, name=variant.title
    )


def _to_learn(store: Store, data: str, configs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the configurations that no finished run of the store equals: the others are taken over as they are."""
    origin = origin_of(data)
    return [config for config in configs if not any(equal_runs(store, config | origin))]


def _fit(store: Store, experiment: Experiment, budget: float | None, at_once: int) -> Plan:
    configs = experiment.plain()
    check_limits(configs)
    new = _to_learn(store, experiment.data, configs)
    seconds = estimate(store, new, at_once)
    if budget is None or seconds <= budget:
        note = f"with {at_once} at a time{_known(len(configs) - len(new))}." if new else "trained already."
        return Plan(experiment, len(configs), seconds, note)
    seconds = estimate(store, configs, at_once)  # with fewer steps each would be another run
    fixed = START * len(configs) / at_once
    share = max(0.0, (budget - fixed) / max(seconds - fixed, 1e-9))
    steps: dict[str, int] = {}
    for config in configs:  # the method as it is, or a variant of it that says nothing of steps
        steps.setdefault(config["method"], _fewer(config["training"]["steps"], share))
    knobs = {method: {**experiment.knobs.get(method, {}), "steps": count} for method, count in steps.items()}
    variants = [_shortened(one, share) for one in experiment.variants]
    shorter = dataclasses.replace(experiment, knobs={**experiment.knobs, **knobs}, variants=variants)
    fewer = [c | {"training": c["training"] | {"steps": _fewer(c["training"]["steps"], share)}} for c in configs]
    new = _to_learn(store, experiment.data, fewer)
    seconds = estimate(store, new, at_once)
    fewest, *_, most = sorted(c["training"]["steps"] for c in [*fewer, *fewer])
    count = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    late = "" if seconds <= 1.1 * budget else " That is still more than the budget: choose fewer runs."
    return Plan(
        shorter,
        len(configs),
        seconds,
        f"with {at_once} at a time and {count} steps a run to fit{_known(len(configs) - len(new))}.{late}",
    )


def _known(count: int) -> str:
    return f"; {count} of them {'is' if count == 1 else 'are'} trained already" if count else ""
