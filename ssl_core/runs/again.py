"""The same again: going on with runs that ended early, beginning one afresh, and repeating one with other seeds."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ssl_core.data.catalog import find_card
from ssl_core.people.limits import check_disk, check_waiting
from ssl_core.runs import runner
from ssl_core.runs.archive import resting
from ssl_core.runs.limits import check_asked, check_limits
from ssl_core.runs.origin import KEYS, check_same
from ssl_core.runs.plain_files import kind_of
from ssl_core.runs.queue import adding
from ssl_core.runs.run import MADE, MOMENTS, RECORDS, SHEET
from ssl_core.runs.store import PHASE, RESUMABLE, Run, Store

# In this order no moment looks like another state.
AFRESH = (
    *("stop", "pid", "beat", "checkpoint.pt", *MOMENTS, "metrics.jsonl", *RECORDS, SHEET, MADE, "log.txt", PHASE),
    *("lock", "end.json"),
)


def resume(store: Store, runs: Iterable[Run]) -> int:
    """Queue those of the runs that ended early, their checkpoints kept; says how many there were.

    Raises ValueError, one sentence, and queues none, where the data of one is not what it began with.
    """
    early = [run for run in runs if run.state in RESUMABLE]
    for run in early:
        check_same(run.config, find_card(run.config["data"]))
    check_waiting(store, store.waiting(), len(early))
    check_disk(store, len(early))
    for run in early:
        run.resume()
    if early:
        runner.ensure_runner(store)
    return len(early)


def can_begin_afresh(run: Run) -> bool:
    """Whether `afresh` would do something: the run ended early or is broken, and its configuration can be read.

    One that goes on from another has no first step of its own.
    """
    return bool(run.config) and not run.config.get("continues") and run.state in (*RESUMABLE, "broken")


def afresh(store: Store, run: Run) -> None:
    """Queue a run that ended early, or broke, from its first step, and see that a runner looks after it.

    Raises ValueError, one sentence, as set_back does.
    """
    set_back(store, run)
    runner.ensure_runner(store)


def set_back(store: Store, run: Run) -> None:
    """Put a run that ended early, or broke, before its first step: checkpoint, record and log are deleted.

    So is whatever else lies under the names of a run's files. Raises ValueError, one sentence, for any other run, and
    where its data is not what it began with. Starts no process.
    """
    if first := run.config.get("continues"):
        raise ValueError(f"{run.name} goes on from {first}: delete it, and give that one more steps again.")
    if not can_begin_afresh(run):
        raise ValueError(f"{run.name} is {run.state}: only what ended early, or is broken, can begin afresh.")
    check_same(run.config, find_card(run.config["data"]))
    with resting(store, run) as folder:
        for name in AFRESH:
            _clear(folder / name)
    run.tell_resumed()


def _clear(path: Path) -> None:
    """Delete a file, a link but not what it leads to, or a folder; nothing where there is nothing."""
    if kind_of(path) == "a folder":
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def repeat(store: Store, chosen: Run, count: int) -> list[Run]:
    """Queue the chosen run with `count` other seeds, in the same experiment; raises ValueError, one sentence."""
    with adding(store):
        configs = other_seeds(_alike(store, chosen), chosen, count)
        check_limits(configs)
        check_asked(store, configs)
        store.check_room(count)
        runs = [store.add(config) for config in configs]
    runner.ensure_runner(store)
    return runs


def _alike(store: Store, run: Run) -> list[Run]:
    config = run.config
    return store.of_kind(config["data"], config["method"], config["labels"]) if config else []


def other_seeds(runs: Iterable[Run], chosen: Run, count: int) -> list[dict[str, Any]]:
    """`count` configurations like the chosen run's with the lowest seeds that none of `runs` has tried with it."""
    if not chosen.config:
        raise ValueError(chosen.why)
    if first := chosen.config.get("continues"):
        raise ValueError(f"{chosen.name} goes on from {first}: repeat that one with other seeds.")
    check_same(chosen.config, find_card(chosen.config["data"]))

    def but_seed(config: dict[str, Any]) -> dict[str, Any]:
        other = ("seed", "created", "role", "experiment", "taken", *KEYS)  # an older run does not know its data's
        return {key: value for key, value in config.items() if key not in other}

    same = but_seed(chosen.config)
    tried = {run.config["seed"] for run in runs if run.config and but_seed(run.config) == same}
    free = [seed for seed in range(len(tried) + count + 1) if seed not in tried]
    kept = {key: value for key, value in chosen.config.items() if key not in ("created", "taken")}
    return [kept | {"seed": seed} for seed in free[:count]]
