"""An experiment is lines × label counts × seeds on one data set, and the runs that share its id.

A line is a method, or a variant of one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ssl_core.data.catalog import CATALOG, card
from ssl_core.fillings import FILLING, made_by
from ssl_core.launch.choice import usual
from ssl_core.lines import Line
from ssl_core.runs.equal import equal_runs, take_equal
from ssl_core.runs.handed import for_whom
from ssl_core.runs.limits import check_asked, check_limits
from ssl_core.runs.made_check import check_maker
from ssl_core.runs.origin import origin_of, same_origin
from ssl_core.runs.queue import adding
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import RESUMABLE, WAITING, Run, Store
from ssl_core.runs.variants import Variant, check_apart
from ssl_core.train.config import Config, configure

MOST_RUNS = 200


@dataclass(frozen=True)
class Experiment:
    """What to compare. `knobs` changes defaults, by method: {"fixmatch": {"threshold": 0.8}}.

    `variants` are further lines, each on top of what `knobs` says of its method.
    `ceiling` adds one supervised run with every label, which shows how far labels alone can go.
    """

    data: str
    methods: Sequence[str]
    labels: Sequence[int]
    seeds: Sequence[int]
    knobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ceiling: bool = False
    variants: Sequence[Variant] = ()

    def configs(self) -> list[Config]:
        """Checked configurations, few labels first; raises ValueError, one sentence, when something is wrong."""
        return [config for config, _ in self._lined]

    @property
    def lines(self) -> dict[Line, dict[str, Any]]:
        """What is compared, with the knobs that each changes."""
        lines = {Line(method): dict(self.knobs.get(method, {})) for method in self.methods}
        for one in self.variants:
            lines[Line(one.method, one.title)] = {**self.knobs.get(one.method, {}), **one.knobs}
        return lines

    @cached_property
    def _lined(self) -> list[tuple[Config, str]]:
        """Each with its variant's name. Built once: a page asks for them three times at each change of a widget."""
        check_apart(self.variants)
        lines = self.lines
        for name, chosen in (("method", lines), ("label count", self.labels), ("seed", self.seeds)):
            if not chosen:
                raise ValueError(f"Choose at least one {name}.")
        grid = [
            (line, count, seed)
            for count in sorted(set(self.labels))
            for seed in sorted(set(self.seeds))
            for line in lines
        ]
        if len(grid) > MOST_RUNS:
            raise ValueError(f"That would be {len(grid)} runs: choose at most {MOST_RUNS}.")
        made = [(line, configure(self.data, line.method, count, seed, lines[line])) for line, count, seed in grid]
        first: dict[Config, Line] = {}
        for line, config in made[: len(lines)]:
            if first.setdefault(config, line) != line:
                raise ValueError(f"{line.title} is the same as {first[config].title}: change a knob of it.")
        return [(config, line.variant) for line, config in made]

    def ceiling_config(self) -> Config:
        """Supervised learning with every label of the data set, where no maker has anything to add."""
        knobs = dict(self.knobs.get("supervised", {}))
        if made_by(knobs.get("rebalance")):
            knobs = {name: value for name, value in knobs.items() if name not in FILLING}
        return configure(self.data, "supervised", card(self.data).known, 0, knobs)

    def plain(self) -> list[dict[str, Any]]:
        """All of them as plain values, the ceiling's last."""
        return [*self.lines_plain(), *([self.ceiling_config().to_dict()] if self.ceiling else [])]

    def lines_plain(self) -> list[dict[str, Any]]:
        """The same without the ceiling's."""
        return [config.to_dict() | ({"variant": name} if name else {}) for config, name in self._lined]

    @property
    def id(self) -> str:
        """The same choices give the same id, whatever the order they were made in."""
        data = {} if self.data in CATALOG else origin_of(self.data)  # a folder may hold other pictures tomorrow
        texts = sorted(json.dumps(config | data, sort_keys=True) for config in self.lines_plain())
        return f"{self.data}-{hashlib.sha256(json.dumps([*texts, self.ceiling]).encode()).hexdigest()[:8]}"


class Launched(NamedTuple):
    """What a launch did with each run of an experiment."""

    id: str
    runs: list[Run]
    new: int
    resumed: int
    kept: int  # done, running or queued already, or taken over from an equal run that is done


def enqueue(store: Store, experiment: Experiment, launcher: str = "") -> Launched:
    """Queue what is missing, resume what ended early, keep what is done. Starts no process.

    `launcher` is to have what waits, instead of the usual one.
    Raises ValueError, one sentence; whoever asks for the same at the same moment waits, and adds nothing twice.
    """
    data = origin_of(experiment.data)
    ident, wanted = experiment.id, [config | data for config in experiment.lines_plain()]
    ceiling = experiment.ceiling_config().to_dict() | data if experiment.ceiling else None
    for config in wanted:
        check_maker(store, config)
    with adding(store):
        alike = store.of_kind(*(ceiling[key] for key in ("data", "method", "labels"))) if ceiling else []
        if ceiling and not any(_same(run, ceiling) and run.state in (*WAITING, "done") for run in alike):
            wanted.insert(min(2, len(wanted)), ceiling | {"role": "ceiling"})
        launched = _add(store, ident, wanted)
        if launcher:
            hand_over(launched.runs, launcher)
        return launched


def hand_over(runs: Iterable[Run], launcher: str) -> None:
    """Leave those that wait to a launcher, whoever was to have them."""
    for run in runs:
        if run.state == "queued":
            for_whom(run.folder, launcher, usual())


def _add(store: Store, ident: str, wanted: list[dict[str, Any]]) -> Launched:
    there = store.of_experiment(ident)
    known = [next((run for run in there if _same(run, config)), None) for config in wanted]
    absent = [config for config, run in zip(wanted, known, strict=True) if run is None]
    missing = [config for config in absent if not any(equal_runs(store, config))]  # the others are taken over
    check_asked(store, missing)
    waiting = len(missing) + sum(run is not None and run.state in RESUMABLE for run in known)
    store.check_room(waiting, copies=len(absent) - len(missing))
    runs, new, resumed = [], 0, 0
    for config in wanted:
        run = next((run for run in there if _same(run, config)), None)
        if run is None and (taken := take_equal(store, config | {"experiment": ident})):
            run = taken
        elif run is None:
            run, new = store.add(config | {"experiment": ident}), new + 1
            if new == 1:  # its worker begins while the others are being added
                store.wake()
        elif run.state in RESUMABLE:
            run.resume()
            resumed += 1
        runs.append(run)
    return Launched(ident, runs, new, resumed, len(runs) - new - resumed)


def launch(store: Store, experiment: Experiment, launcher: str = "") -> Launched:
    """enqueue within the limits of this server, and see that a runner looks after it."""
    check_limits(experiment.plain())
    launched = enqueue(store, experiment, launcher)
    ensure_runner(store)
    return launched


def _same(run: Run, config: Mapping[str, Any]) -> bool:
    asked = ("version", "task", "data", "method", "labels", "seed", "knobs", "training", "continues")
    return all(run.config.get(key) == config.get(key) for key in asked) and same_origin(run.config, config)
