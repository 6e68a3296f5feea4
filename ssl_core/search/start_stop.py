"""Begin, stop and continue a search."""

from __future__ import annotations

import time

from ssl_core.runs import runner
from ssl_core.runs.files import write_json
from ssl_core.runs.limits import check_asked
from ssl_core.runs.store import Store, stop
from ssl_core.search.plan import Search, folder_of, locked, read_search
from ssl_core.search.trials import FAILURES, ended, giving_up, state_of, trials_of

PATIENCE = 10.0  # seconds to wait for the lock of a search, which is held for a fraction of one
HALTED = "The search was stopped."


def submit(store: Store, search: Search) -> str:
    """Write a search down, once, if it is sound, and let it go on where it was; returns its id. Starts no process."""
    search = search.checked().of_now()
    ident = search.id
    store.check_room(1)
    path = folder_of(store, ident) / "search.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, search.to_dict() | {"created": round(time.time(), 3)})
    go_on(store, ident)
    return ident


def start(store: Store, search: Search) -> str:
    """submit, and see that a runner looks after it."""
    longest = search.config(0, {})
    if "steps" in search.knobs:  # as many as a trial may be given
        longest["training"]["steps"] = search.knobs["steps"].high or longest["training"]["steps"]
    check_asked(store, [longest] * search.most_trials * len(search.seeds))
    ident = submit(store, search)
    runner.ensure_runner(store)
    return ident


def halt(store: Store, ident: str) -> None:
    """Stop a search and what of it is running or waiting."""
    search, folder = read_search(store, ident), folder_of(store, ident)
    with locked(folder, PATIENCE):  # so that no driver queues one more behind our back
        (folder / "stop").touch()
        for trial in trials_of(store, ident, search):
            stop(trial.runs, HALTED)
    store.wake()


def go_on(store: Store, ident: str) -> None:
    """Let a search go on where it was: what was stopped or lost is resumed, what made it give up is tried again."""
    search, folder = read_search(store, ident), folder_of(store, ident)
    with locked(folder, PATIENCE):
        trials = trials_of(store, ident, search)
        again = ended(trials)[-FAILURES:] if giving_up(trials) else []
        again += [trial for trial in trials if trial.state in ("stopped", "lost")]
        for trial in again:
            for run in trial.runs:
                if state_of(run) != "pruned":
                    run.resume()
        for name in ("end.json", "stop"):
            (folder / name).unlink(missing_ok=True)
    store.wake()
