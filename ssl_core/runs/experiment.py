"""An experiment is methods × label counts × seeds on one data set, and the runs that share its id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ssl_core.data.catalog import CATALOG, card
from ssl_core.runs.equal import take_equal
from ssl_core.runs.limits import check_limits
from ssl_core.runs.origin import origin_of, same_origin
from ssl_core.runs.queue import adding
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import RESUMABLE, WAITING, Run, Store
from ssl_core.train.config import Config, configure

MOST_RUNS = 200


@dataclass(frozen=True)
class Experiment:
    """What to compare. `knobs` changes defaults, by method: {"fixmatch": {"threshold": 0.8}}.

    `ceiling` adds one supervised run with every label, which shows how far labels alone can go.
    """

    data: str
    methods: Sequence[str]
    labels: Sequence[int]
    seeds: Sequence[int]
    knobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ceiling: bool = False

    def configs(self) -> list[Config]:
        """Checked configurations, few labels first; raises ValueError, one sentence, when something is wrong."""
        return list(self._configs)

    @cached_property
    def _configs(self) -> list[Config]:
        """Built once: a page asks for them three times at each change of a widget."""
        for name, chosen in (("method", self.methods), ("label count", self.labels), ("seed", self.seeds)):
            if not chosen:
                raise ValueError(f"Choose at least one {name}.")
        grid = [
            (method, count, seed)
            for count in sorted(set(self.labels))
            for seed in sorted(set(self.seeds))
            for method in dict.fromkeys(self.methods)
        ]
        if len(grid) > MOST_RUNS:
            raise ValueError(f"That would be {len(grid)} runs: choose at most {MOST_RUNS}.")
        return [configure(self.data, method, count, seed, self.knobs.get(method)) for method, count, seed in grid]

    def ceiling_config(self) -> Config:
        """Supervised learning with every label of the data set."""
        return configure(self.data, "supervised", card(self.data).known, 0, self.knobs.get("supervised"))

    def plain(self) -> list[dict[str, Any]]:
        """All of them as plain values, the ceiling's last."""
        return [config.to_dict() for config in [*self._configs, *([self.ceiling_config()] if self.ceiling else [])]]

    @property
    def id(self) -> str:
        """The same choices give the same id, whatever the order they were made in."""
        data = {} if self.data in CATALOG else origin_of(self.data)  # a folder may hold other pictures tomorrow
        texts = sorted(json.dumps(config.to_dict() | data, sort_keys=True) for config in self._configs)
        return f"{self.data}-{hashlib.sha256(json.dumps([*texts, self.ceiling]).encode()).hexdigest()[:8]}"


class Launched(NamedTuple):
    """What a launch did with each run of an experiment."""

    id: str
    runs: list[Run]
    new: int
    resumed: int
    kept: int  # done, running or queued already, or taken over from an equal run that is done


def enqueue(store: Store, experiment: Experiment) -> Launched:
    """Queue what is missing, resume what ended early, keep what is done. Starts no process.

    Raises ValueError, one sentence; whoever asks for the same at the same moment waits, and adds nothing twice.
    """
    data = origin_of(experiment.data)
    ident, wanted = experiment.id, [config.to_dict() | data for config in experiment.configs()]
    ceiling = experiment.ceiling_config().to_dict() | data if experiment.ceiling else None
    with adding(store):
        if ceiling and not any(_same(run, ceiling) and run.state in (*WAITING, "done") for run in store.runs()):
            wanted.insert(min(2, len(wanted)), ceiling | {"role": "ceiling"})
        return _add(store, ident, wanted)


def _add(store: Store, ident: str, wanted: list[dict[str, Any]]) -> Launched:
    there = store.of_experiment(ident)
    missing = sum(not any(_same(run, config) for run in there) for config in wanted)
    store.check_room(missing)
    runs, new, resumed = [], 0, 0
    for config in wanted:
        run = next((run for run in there if _same(run, config)), None)
        if run is None and (taken := take_equal(store, config | {"experiment": ident})):
            run = taken
        elif run is None:
            run, new = store.add(config | {"experiment": ident}), new + 1
        elif run.state in RESUMABLE:
            run.resume()
            resumed += 1
        runs.append(run)
    return Launched(ident, runs, new, resumed, len(runs) - new - resumed)


def launch(store: Store, experiment: Experiment) -> Launched:
    """enqueue within the limits of this server, and see that a runner looks after it."""
    check_limits(experiment.plain())
    launched = enqueue(store, experiment)
    ensure_runner(store)
    return launched


def _same(run: Run, config: Mapping[str, Any]) -> bool:
    asked = ("version", "task", "data", "method", "labels", "seed", "knobs", "training")
    return all(run.config.get(key) == config.get(key) for key in asked) and same_origin(run.config, config)
