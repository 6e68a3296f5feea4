"""Whether a run may be given the pictures of another run's maker; free of torch, so that a page can ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ssl_core.fillings import MADE, made_by, makers
from ssl_core.runs.origin import same_origin
from ssl_core.runs.store import Run, Store
from ssl_core.tasks import GENERATE


def check_maker(store: Store, config: Mapping[str, Any]) -> None:
    """Raises ValueError, one sentence, where a configuration asks for pictures of a run that it may not have.

    Draws of labels are nested: what a maker with the same seed and no more labels has seen, this run sees as well.
    The worker looks at the very pictures (ssl_core/runs/made.py).
    """
    by = made_by(config.get("training", {}).get("rebalance"))
    if by is None or not by.run:
        return
    run = store.run(by.run)
    if run is None:
        raise ValueError(f"There is no run {by.run} here that could make pictures: choose another for rebalance.")
    if why := _unfit(run, config):
        raise ValueError(f"{by.run} {why}")


def _unfit(run: Run, config: Mapping[str, Any]) -> str:
    """Why a run's maker is not for this configuration, the rest of a sentence; nothing where it is."""
    theirs = run.config
    if theirs.get("task") != GENERATE or theirs.get("method") not in makers():
        return "is no maker of pictures: choose another for rebalance."
    if not theirs.get("knobs", {}).get("conditional", True):
        return "cannot be asked for a class: train one with conditional."
    if run.state != "done":
        return "has not finished yet: wait for it, or resume it."
    if theirs["data"] != config["data"] or not same_origin(theirs, config):
        return f"makes pictures of {theirs['data']}, not of {config['data']} as it is now: choose another."
    if theirs["seed"] != config["seed"]:
        return (
            f"learned from the labelled pictures of seed {theirs['seed']}, which a run of seed {config['seed']} must "
            f"not see: choose a maker of the same seed, or {MADE}{theirs['method']}."
        )
    if theirs["labels"] > config["labels"]:
        return (
            f"learned from {theirs['labels']:,} labelled pictures and this run may see {config['labels']:,}: choose a "
            f"maker with no more, or {MADE}{theirs['method']}."
        )
    return ""


def at_hand(runs: Iterable[Run], data: str) -> list[str]:
    """What rebalance can say of the finished makers of a data set, newest first."""
    fit = [run for run in runs if run.config.get("task") == GENERATE and run.config.get("data") == data]
    return [f"{MADE}{run.name}" for run in reversed(fit) if run.config["method"] in makers() and run.state == "done"]
