"""Why runs wait, in one true sentence; asked by every open page in every second, so it looks only at what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ssl_core.launch.choice import LAUNCHERS, usual
from ssl_core.people.classroom import PAUSED, classroom
from ssl_core.runs import runner
from ssl_core.runs.disk import in_words, no_room
from ssl_core.runs.handed import engines, handed
from ssl_core.runs.queue import ahead
from ssl_core.runs.store import Store

CARE = {
    "starting": "Starting. The first run after a pause loads PyTorch, which takes seconds.",
    "there": "Starting. The first run after a pause loads PyTorch, which takes seconds.",
    "restarted": "The runner, which starts what waits here, had ended. Another was started; it loads PyTorch, which "
    "takes seconds.",
    "failing": "The runner, which starts what waits here, ends as soon as it is started: the end of runner.log in the "
    "folder of runs says why.",
}


def stuck(store: Store) -> str:
    """See that a runner looks after the store; why nothing that waits there can begin, one sentence, or nothing."""
    try:
        care = runner.tend(store)
    except OSError as wrong:
        return in_words(wrong, store.root)
    if why := no_room(store.root) or PAUSED * classroom(store).paused:
        return why
    return CARE[care] if care in ("restarted", "failing") else ""


def _engines_word(store: Store, queued: list[str]) -> str:
    """What the engine says that the first of these waits at, or should go to; nothing for this machine's own runs."""
    kept = handed(store.root / min(queued))
    try:
        name = kept.launcher or usual()
    except ValueError as wrong:
        return str(wrong)
    if name not in LAUNCHERS or name == "local":
        return ""
    title, engine = LAUNCHERS[name].title, engines(store.root).get(name)
    if engine and engine.why:
        return engine.why
    if kept.job:
        return f"Waiting at {title}{f', which says: {kept.word}' * bool(kept.word)}."
    return f"{title} has as many runs as it has room for ({engine.places})." * bool(engine)


def why_waiting(store: Store, rows: Iterable[Mapping[str, Any]]) -> str:
    """See that a runner looks after those of the described runs that are not finished; and why queued ones wait.

    One sentence, or "" where nothing is in the way of what is queued.
    """
    states = {row["run"]: row["state"] for row in rows}
    if not set(states.values()) & {"queued", "running", "stopping"}:
        return ""
    wrong = stuck(store)
    queued = [run for run, state in states.items() if state == "queued"]
    if wrong or not queued:
        return wrong * bool(queued)
    if len(queued) < sum(state in ("queued", "running", "stopping") for state in states.values()):
        return ""
    if words := _engines_word(store, queued):
        return words
    if before := len(ahead(store, queued)):
        return f"Waiting behind {before} other run{'s' * (before > 1)}: place {before + 1} in the queue."
    return CARE["there"]
