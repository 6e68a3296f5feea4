"""Runs of makers as a page asks for them: begun, found again, and what they showed while they learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ssl_core.data.catalog import find_card
from ssl_core.runs.limits import check_asked, check_limits
from ssl_core.runs.origin import check_same, origin_of, same_origin
from ssl_core.runs.queue import adding
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import RESUMABLE, Run, Store

DECIDES = ("version", "task", "data", "method", "labels", "seed", "knobs", "training")
ADDRESS = "data:image/png;base64,"


def like(store: Store, config: Mapping[str, Any]) -> Run | None:
    """The newest run of this configuration about the pictures as they are now; None where there is none."""
    now = origin_of(config["data"])
    for run in reversed(store.of_kind(config["data"], config["method"], config["labels"])):
        if all(run.config.get(key) == config.get(key) for key in DECIDES) and same_origin(run.config, now):
            return run
    return None


def begin(store: Store, config: Mapping[str, Any]) -> Run:
    """Queue a run of a maker, or go on with one of the same configuration, and see that a runner looks after it.

    What is done, or under way, stays as it is. Raises ValueError, one sentence.
    """
    check_limits([config])
    with adding(store):
        run = like(store, config)
        if run is None:
            check_asked(store, [config])
            store.check_room()
            run = store.add(dict(config))
        elif run.state in RESUMABLE:
            check_same(run.config, find_card(run.config["data"]))
            run.resume()
    ensure_runner(store)
    return run


def moments(run: Run, most: int) -> list[dict[str, Any]]:
    """At most `most` moments of a run, the first and the newest among them: {"step", "rows": {name: picture}}.

    A picture is {"src", "count", "columns"}: `count` pictures side by side in one, in so many columns.
    """
    steps: dict[int, dict[str, Any]] = {}
    for line in run.pictures.read():
        picture = {"src": ADDRESS + line["png"], "count": line["count"], "columns": line["columns"]}
        steps.setdefault(line["step"], {})[line["name"]] = picture
    at = sorted(steps)
    if len(at) > most:
        at = [at[round(place * (len(at) - 1) / max(most - 1, 1))] for place in range(most)] if most > 1 else at[-1:]
    return [{"step": step, "rows": steps[step]} for step in at]
