"""Right after Start: where a worker can begin at once, the page that answers the click has the first dot already."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from ssl_core.runs.ensure import tend
from ssl_core.runs.queue import ahead
from ssl_core.runs.store import Run, Store

MOMENT = 0.3  # seconds that it is waited for, at most: a worker begins and looks at its network in half of that
GLANCE = 0.02  # seconds between two glances


def await_first_look(store: Store, experiment: str | None) -> None:
    """Give the first look at a network a moment, and none where no run begins now: others come first, or no runner is.

    A dot that comes with the page spares the browser two further drawings of it, which take longer than this.
    """
    runs, until = store.of_experiment(experiment) if experiment else [], time.monotonic() + MOMENT
    with suppress(OSError):  # the page says what is the matter with the store
        while time.monotonic() < until and not any(run.tail.read() for run in runs) and _begin_now(store, runs):
            time.sleep(GLANCE)


def _begin_now(store: Store, runs: Sequence[Run]) -> bool:
    mine = {run.name for run in runs}
    return bool(mine) and tend(store) == "there" and all(run.name in mine for run in ahead(store, mine))
