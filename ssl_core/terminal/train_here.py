"""Runs of an experiment trained by this very process, with a bar on stderr; Ctrl-C stops them, and they can go on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ssl_core.terminal.flags import begun
from ssl_core.terminal.interrupts import Interrupts

if TYPE_CHECKING:
    from ssl_core.runs.experiment import Experiment
    from ssl_core.runs.store import Run


def train_here(
    folder: str, experiment: Experiment, nickname: str | None = None, launcher: str = ""
) -> tuple[str, list[Run]]:
    """Queue in the store at `folder` what is missing, and have it trained; the experiment's id and its runs.

    In a class `nickname` began it, too.
    """
    from tqdm import tqdm

    from ssl_core.launch.choice import own, usual
    from ssl_core.runs.experiment import enqueue
    from ssl_core.runs.progress import describe
    from ssl_core.runs.runner import Pool
    from ssl_core.runs.store import Store, stop

    store, name = Store(folder), launcher or usual()
    engine, takes = own(name, store.root)
    runs: list[Any] = []
    with Interrupts(lambda: stop(runs)) as interrupts, tqdm(unit="step", file=sys.stderr) as bar:
        launched = enqueue(store, experiment, name)
        runs += launched.runs
        begun(store, launched.id, nickname)
        if interrupts.asked:  # while they were being queued
            stop(runs)
        bar.reset(sum(run.config.get("training", {}).get("steps", 0) for run in runs))
        pool = Pool(store, None, {run.name for run in runs}, engine, takes)
        while pool.tick():
            seen = [describe(run) for run in runs]
            bar.update(sum(row["steps"] if row["state"] == "done" else row["step"] for row in seen) - bar.n)
            done = sum(row["state"] == "done" for row in seen)
            bar.set_description_str(pool.why or next((row["phase"] for row in seen if row["phase"]), ""))
            bar.set_postfix_str(f"{done} of {len(runs)} runs done")
            pool.wait(0.2)
        bar.update(sum(describe(run)["step"] for run in runs) - bar.n)
    return launched.id, runs
