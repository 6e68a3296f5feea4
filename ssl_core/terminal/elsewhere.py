"""One run that an engine of other machines is to have: handed over, and followed from here to its end."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ssl_core.terminal.flags import launcher_of

if TYPE_CHECKING:
    from ssl_core.launch import Launcher
    from ssl_core.runs.store import Run, Store

LOOK = 0.2  # seconds between two looks at what others train


class Elsewhere(NamedTuple):
    """A launcher's name, the launcher, and which runs are its own to have."""

    name: str
    engine: Launcher
    takes: Callable[[Run], bool]


def elsewhere(args: argparse.Namespace) -> Elsewhere | None:
    """The engine that is to have the run, None for this process; before anything is queued.

    Raises ValueError, one sentence, where it could not run it.
    """
    name = launcher_of(args)
    if name == "local":
        return None
    from ssl_core.launch.choice import LAUNCHERS, own
    from ssl_core.runs.store import Store

    if getattr(args, "gpus", 1) != 1:
        raise ValueError(
            f"--gpus shares a run out to the GPUs of this machine, and a run that is handed to {LAUNCHERS[name].title} "
            "gets one GPU: leave --gpus out, or add --launcher local."
        )
    return Elsewhere(name, *own(name, Store(args.store).root))


def follow(there: Elsewhere, store: Store, run: Run, watch: Callable[[dict[str, Any]], None]) -> None:
    """Hand a queued run over, and look after it until its job is over; `watch` sees its latest row at each look."""
    from ssl_core.runs.experiment import hand_over
    from ssl_core.runs.handed import handed
    from ssl_core.runs.pool import Pool
    from ssl_core.runs.progress import describe

    hand_over([run], there.name)
    pool = Pool(store, None, {run.name}, there.engine, there.takes)
    while pool.tick():
        seen = describe(run)
        waits = seen["state"] == "queued"
        words = (pool.why or handed(run.folder).word) if waits else seen["phase"]
        latest = next(reversed(run.tail.read()), {"step": 0})
        watch({**latest, "phase": words})
        pool.wait(LOOK)
    for row in run.tail.read()[-1:]:
        watch(row)
