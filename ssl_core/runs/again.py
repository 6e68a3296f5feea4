"""The same again: going on with runs that ended early, and repeating one with other seeds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ssl_core.runs import runner
from ssl_core.runs.store import RESUMABLE, Run, Store


def resume(store: Store, runs: Iterable[Run]) -> int:
    """Queue those of the runs that ended early, their checkpoints kept; says how many there were."""
    early = [run for run in runs if run.state in RESUMABLE]
    for run in early:
        run.resume()
    if early:
        runner.ensure_runner(store)
    return len(early)


def repeat(store: Store, chosen: Run, count: int) -> list[Run]:
    """Queue the chosen run with `count` other seeds, in the same experiment; raises ValueError, one sentence."""
    configs = other_seeds(store.runs(), chosen, count)
    store.check_room(count)
    made = [store.add(config) for config in configs]
    runner.ensure_runner(store)
    return made


def other_seeds(runs: Iterable[Run], chosen: Run, count: int) -> list[dict[str, Any]]:
    """`count` configurations like the chosen run's with the lowest seeds that none of `runs` has tried with it."""
    if not chosen.config:
        raise ValueError(chosen.why)

    def but_seed(config: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in config.items() if key not in ("seed", "created", "role", "experiment")}

    same = but_seed(chosen.config)
    tried = {run.config["seed"] for run in runs if run.config and but_seed(run.config) == same}
    free = [seed for seed in range(len(tried) + count + 1) if seed not in tried]
    kept = {key: value for key, value in chosen.config.items() if key != "created"}
    return [kept | {"seed": seed} for seed in free[:count]]
