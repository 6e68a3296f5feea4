"""A hyperparameter search: what to try, written once; its trials are ordinary runs that carry the search's id.

What has been tried, what was best and whether it goes on are read from those runs, never stored a second time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from ssl_core.knobs import Knob, unknown
from ssl_core.runs import runner
from ssl_core.runs.files import read_json, write_json
from ssl_core.runs.progress import START, describe
from ssl_core.runs.store import Run, Store

SAMPLERS = {
    "tpe": ("TPE", "Learns from the trials so far where to look next (Bergstra et al. 2011)."),
    "random": ("Random", "Draws every trial afresh: a fair picture of the whole range."),
    "grid": ("Grid", "Tries every combination once; two knobs make a map."),
}
FOLDER = ".searches"  # inside the store; a name that can never be a run's
NAME = re.compile(r"[a-z0-9-]{1,80}")
VERSION = 1
MOST_RUNS, MOST_KNOBS, MOST_MINUTES = 200, 6, 600.0
PATIENCE = 10.0  # seconds to wait for the lock of a search, which is held for a fraction of one
FAILURES = 3  # in a row, and the search gives up
PRUNED = "Pruned: its validation accuracy was below the median of the other trials at the same point."
HALTED = "The search was stopped."
NEVER = ("device", "threads", "limit_minutes", "evaluations")  # knobs that say how to run, not what is learnt


@dataclass(frozen=True)
class Span:
    """Where one knob is searched: from low to high, on a logarithmic scale or not, or among choices."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    whole: bool = False
    choices: tuple[Any, ...] = ()

    @staticmethod
    def of(knob: Knob) -> Span:
        """All that the knob allows."""
        if knob.kind is bool:
            return Span(choices=(False, True))
        if knob.choices:
            return Span(choices=tuple(knob.choices))
        return Span(knob.kind(knob.low), knob.kind(knob.high), knob.log, knob.kind is int)

    def narrowed(self, name: str, low: float, high: float) -> Span:
        """A part of this range; raises ValueError, one sentence."""
        if self.choices:
            raise ValueError(f"{name} is searched among words, as in {name}={'|'.join(map(str, self.choices))}.")
        if not (self.low <= low < high <= self.high) or (self.whole and (low != int(low) or high != int(high))):
            kind = "whole numbers " if self.whole else ""
            raise ValueError(f"{name} can be searched between {kind}{self.low:g} and {self.high:g}, the lower first.")
        return dataclasses.replace(self, low=self._cast(low), high=self._cast(high))

    def among(self, name: str, choices: tuple[Any, ...]) -> Span:
        """Some of these choices; raises ValueError, one sentence."""
        if len(set(choices)) < 2 or not set(choices) <= set(self.choices):
            known = "|".join(map(str, self.choices))
            raise ValueError(f"{name} needs two or more of {known or 'a range'} to search among.")
        return dataclasses.replace(self, choices=tuple(choices))

    def _cast(self, value: float) -> float | int:
        return int(value) if self.whole else float(value)

    def holds(self, value: Any) -> bool:
        """Whether a value lies in it."""
        return value in self.choices if self.choices else self.low <= value <= self.high

    def points(self, count: int) -> list[Any]:
        """About `count` values spread evenly over it: the lines of a grid, without repetition."""
        if self.choices:
            return list(self.choices)
        if self.log:
            values = [self.low * (self.high / self.low) ** (i / (count - 1)) for i in range(count)]
        else:
            values = [self.low + (self.high - self.low) * i / (count - 1) for i in range(count)]
        return list(dict.fromkeys(self.tidy(value) for value in values))

    def tidy(self, value: float) -> float | int:
        """A number in it that a person can read: three digits."""
        if self.whole:
            return min(max(round(value), self.low), self.high)
        return min(max(float(f"{value:.3g}"), self.low), self.high)

    def words(self) -> str:
        """As it is written in a terminal: 0.5:0.99, or mixup|cutmix."""
        if self.choices:
            return "|".join(str(choice).lower() if isinstance(choice, bool) else choice for choice in self.choices)
        return f"{self.low:.12g}:{self.high:.12g}"


def read_span(text: str, known: Mapping[str, Knob]) -> tuple[str, Span]:
    """Read "threshold", "threshold=0.5:0.99" or "mix=mixup|cutmix"; raises ValueError, one sentence."""
    name, given, words = text.partition("=")
    name = name.strip().replace("-", "_")
    if name not in known:
        raise unknown(name, list(known), "This search")
    knob, whole = known[name], Span.of(known[name])
    if not given:
        return name, whole
    if whole.choices:
        return name, whole.among(name, tuple(knob.parse(name, word.strip()) for word in words.split("|")))
    low, colon, high = words.partition(":")
    if not colon:
        raise ValueError(f"{name} needs a range as in {name}={whole.words()}.")
    return name, whole.narrowed(name, knob.parse(name, low), knob.parse(name, high))


def searchable(method: str) -> dict[str, Knob]:
    """The knobs of a method that a search may turn. Imports PyTorch."""
    from ssl_core.train.config import all_knobs

    return {name: knob for name, knob in all_knobs(method).items() if not knob.free and name not in NEVER}


@dataclass(frozen=True)
class Search:
    """What is searched. `fixed` are knobs that every trial has; trial 0 is the default, so nothing is won by luck.

    The budget is `runs` trials, or `minutes` of the machine if that is not 0. Judged by validation accuracy at the
    end, the mean over `seeds`.
    """

    data: str
    method: str
    labels: int
    knobs: Mapping[str, Span]
    seeds: tuple[int, ...] = (0,)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    sampler: str = "tpe"
    prune: bool = True
    runs: int = 20
    minutes: float = 0.0
    points: int = 5  # values a knob, for a grid

    def checked(self) -> Search:
        """Itself, or ValueError with one sentence. Imports PyTorch."""
        self.config(self.seeds[0] if self.seeds else 0, {})
        known = searchable(self.method)
        if not 1 <= len(self.knobs) <= MOST_KNOBS:
            raise ValueError(f"Choose one to {MOST_KNOBS} knobs to search.")
        for name, span in self.knobs.items():
            if name not in known:
                raise unknown(name, list(known), "This search")
            if name in self.fixed:
                raise ValueError(f"{name} cannot be searched and fixed at once: leave one out.")
            full = Span.of(known[name])
            again = (
                full.among(name, span.choices) if span.choices else full.narrowed(name, span.low or 0, span.high or 0)
            )
            if again != span:
                raise ValueError(f"{name} has another range than its knob.")
        if not 1 <= len(set(self.seeds)) == len(self.seeds) <= 5:
            raise ValueError("Choose one to five different seeds.")
        if self.sampler not in SAMPLERS:
            raise ValueError(f"There is no sampler {self.sampler!r}. Choose one of {', '.join(SAMPLERS)}.")
        if not 2 <= self.runs <= MOST_RUNS or not 0 <= self.minutes <= MOST_MINUTES:
            raise ValueError(f"A search has 2 to {MOST_RUNS} trials, or up to {MOST_MINUTES:g} minutes.")
        if not 2 <= self.points <= 15:
            raise ValueError("A grid has 2 to 15 values a knob.")
        if self.sampler == "grid" and len(self.cells()) >= MOST_RUNS:
            raise ValueError(f"That grid has {len(self.cells())} cells: choose fewer knobs or values.")
        return self

    def config(self, seed: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration of one run of a trial with these values; raises ValueError, one sentence."""
        from ssl_core.train.config import configure

        return configure(self.data, self.method, self.labels, seed, {**self.fixed, **values}).to_dict()

    def cells(self) -> list[dict[str, Any]]:
        """Every combination of a grid, in an order that spreads over it, the same each time."""
        cells: list[dict[str, Any]] = [{}]
        for name, span in self.knobs.items():
            cells = [cell | {name: value} for cell in cells for value in span.points(self.points)]
        return sorted(cells, key=lambda cell: hashlib.sha256(json.dumps(cell).encode()).hexdigest())

    @property
    def trials(self) -> int:
        """How many trials there may be, the default among them."""
        if self.sampler == "grid":
            return len(self.cells()) + 1
        return MOST_RUNS if self.minutes else self.runs

    def all_tried(self, tried: list[dict[str, Any]]) -> bool:
        """Whether nothing is left to try: every cell of the grid, or every combination of choices."""
        if self.sampler == "grid":
            return all(cell in tried for cell in self.cells())
        size = 1
        for span in self.knobs.values():
            if not span.choices and not span.whole:
                return False
            size *= len(span.choices) or int(span.high - span.low) + 1
        inside = {json.dumps(values) for values in tried if self.holds(values)}
        return len(inside) >= size

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether a setting lies in the ranges that are searched."""
        return all(span.holds(values[name]) for name, span in self.knobs.items())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"version": VERSION} | dataclasses.asdict(self)

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> Search:
        """Read what to_dict wrote; raises ValueError, one sentence, for anything else."""
        if values.get("version") != VERSION:
            raise ValueError(f"This search was written by another version ({values.get('version')!r}).")
        names = {item.name for item in dataclasses.fields(Search)}
        try:
            told = {name: value for name, value in values.items() if name in names}
            spans = {
                str(name): Span(**span | {"choices": tuple(span["choices"])}) for name, span in told["knobs"].items()
            }
            made = Search(**told | {"knobs": spans, "seeds": tuple(int(seed) for seed in told["seeds"])})
            hash((made.id, made.trials))  # a range that is no range says so here
        except (KeyError, TypeError, AttributeError, ZeroDivisionError):
            raise ValueError("This search cannot be read: search.json does not describe one.") from None
        return made

    @property
    def id(self) -> str:
        """The same choices give the same id."""
        told = json.dumps(self.to_dict(), sort_keys=True)
        name = re.sub("[^a-z0-9]+", "-", f"{self.data}-{self.method}-{self.labels}".lower()).strip("-")[:60]
        return f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def folder_of(store: Store, ident: str) -> Path:
    """Where a search is kept; raises ValueError for a name that is not one of ours."""
    if not NAME.fullmatch(ident):
        raise ValueError("There is no such search.")
    return store.root / FOLDER / ident


def lock_of(folder: Path) -> FileLock:
    """The lock that whoever queues or stops trials of a search holds for that moment."""
    return FileLock(folder / "lock")


def searches(store: Store) -> list[str]:
    """Every search of the store, newest first."""
    root = store.root / FOLDER
    if not root.is_dir():
        return []
    found = [path for path in root.iterdir() if NAME.fullmatch(path.name) and (path / "search.json").is_file()]
    return [path.name for path in sorted(found, key=lambda p: (-(p / "search.json").stat().st_mtime, p.name))]


def read_search(store: Store, ident: str) -> Search:
    """The search of that name; raises ValueError, one sentence, if there is none or it cannot be read."""
    try:
        return Search.from_dict(read_json(folder_of(store, ident) / "search.json"))
    except OSError:
        raise ValueError(f"There is no search {ident!r}.") from None


class Trial(NamedTuple):
    """One setting that was tried: a run for each seed."""

    number: int
    values: dict[str, Any]  # of the searched knobs
    state: str  # queued, running, done, pruned, stopped, failed or lost
    score: float | None  # validation accuracy at the end, mean over seeds
    latest: float | None  # the same, last seen
    test: float | None  # test accuracy at the end: to be told, never chosen by
    seconds: float
    curve: dict[int, float]  # validation accuracy at per cents of the run, mean over seeds
    runs: list[Run]
    why: str


def trials_of(store: Store, ident: str, search: Search) -> list[Trial]:
    """Every trial so far, by number."""
    by_number: dict[int, list[Run]] = defaultdict(list)
    for run in store.runs():
        if run.config.get("search") == ident and isinstance(run.config.get("trial"), int):
            by_number[run.config["trial"]].append(run)
    return [_trial(number, runs, search) for number, runs in sorted(by_number.items())]


def _trial(number: int, runs: list[Run], search: Search) -> Trial:
    rows = [describe(run) for run in runs]
    config = runs[0].config
    knobs = config.get("training", {}) | (config.get("knobs") or {})
    states = {pruned_state(run, row) for run, row in zip(runs, rows, strict=True)}
    order = ("failed", "broken", "pruned", "running", "stopping", "lost", "stopped", "queued")
    whole = states == {"done"} and len(runs) >= len(search.seeds)
    state = "done" if whole else next((s for s in order if s in states), "queued")
    curves = [curve_of(run) for run in runs]
    common = set.intersection(*(set(curve) for curve in curves))
    seen = [curve[max(curve)] for curve in curves if curve]
    tests = [row["test_accuracy"] for row in rows if row["test_accuracy"] is not None]
    latest = sum(seen) / len(seen) if seen else None
    return Trial(
        number=number,
        values={name: knobs.get(name) for name in search.knobs},
        state={"broken": "failed", "stopping": "running"}.get(state, state),
        score=latest if whole else None,
        latest=latest,
        test=sum(tests) / len(tests) if whole and tests else None,
        seconds=sum(row["seconds"] for row in rows),
        curve={at: sum(curve[at] for curve in curves) / len(curves) for at in sorted(common)},
        runs=runs,
        why=next((row["why"] for row in rows if row["why"]), ""),
    )


def pruned_state(run: Run, row: dict[str, Any] | None = None) -> str:
    """The state of a run of a search: as of any run, and "pruned"."""
    state = (row or describe(run))["state"]
    return "pruned" if state == "stopped" and run.reason() == PRUNED else state


def curve_of(run: Run) -> dict[int, float]:
    """Validation accuracy by how many per cent of the run were done."""
    steps = max(1, run.config.get("training", {}).get("steps", 1))
    rows = [row for row in run.tail.read() if row.get("validation_accuracy") is not None]
    return {round(100 * row["step"] / steps): row["validation_accuracy"] for row in rows}


def best_of(trials: list[Trial]) -> Trial | None:
    """The finished trial with the highest validation accuracy; of equal ones the earliest, so the default first."""
    done = [trial for trial in trials if trial.score is not None]
    return max(done, key=lambda trial: (trial.score, -trial.number), default=None)


class Status(NamedTuple):
    """How far a search is."""

    state: str  # running, stopping, stopped, failed or done
    why: str
    share: float  # of the budget


def status(store: Store, ident: str, search: Search, trials: list[Trial], at_once: int) -> Status:
    """Whether a search goes on; `at_once` is how many runs share the machine."""
    folder = folder_of(store, ident)
    share = used(search, trials, at_once)
    going = any(trial.state in ("queued", "running") for trial in trials)
    moving = any(trial.state == "running" for trial in trials)
    if (folder / "end.json").exists():
        try:
            why = str(read_json(folder / "end.json").get("why", ""))
        except (OSError, ValueError):
            why = "It ended, and end.json does not say why."
        return Status("failed", why, share)
    if (folder / "stop").exists():
        return Status("stopping" if moving else "stopped", "", share)
    if giving_up(trials):
        why = f"The last {FAILURES} trials failed: {_ended(trials)[-1].why or 'their logs say why.'}"
        return Status("stopping" if moving else "failed", why, share)
    if share >= 1 and not going and not any(trial.state == "lost" and may_resume(trial) for trial in trials):
        return Status("done", "", share)
    return Status("running", "", share)


def _ended(trials: list[Trial]) -> list[Trial]:
    return [trial for trial in trials if trial.state in ("done", "pruned", "failed") or _given_up(trial)]


def _given_up(trial: Trial) -> bool:
    return trial.state == "lost" and not may_resume(trial)


def giving_up(trials: list[Trial]) -> bool:
    """Whether the last trials that ended all failed."""
    last = _ended(trials)[-FAILURES:]
    return len(last) == FAILURES and all(trial.state == "failed" or _given_up(trial) for trial in last)


def may_resume(trial: Trial) -> bool:
    """Whether a lost trial is tried again: not for ever, if it is the trial that kills its worker."""
    return all(run.log(100_000).count(" begins") <= FAILURES for run in trial.runs if run.state == "lost")


def used(search: Search, trials: list[Trial], at_once: int) -> float:
    """Share of the budget that is used up."""
    tried = [trial.values for trial in trials]
    if search.all_tried(tried):
        return 1.0
    by_runs = len(trials) / search.trials
    if not search.minutes:
        return min(1.0, by_runs)
    seconds = sum(trial.seconds + START * len(trial.runs) for trial in trials) / at_once
    return min(1.0, max(by_runs, seconds / (60 * search.minutes)))


def submit(store: Store, search: Search) -> str:
    """Write a search down, once, if it is sound, and let it go on where it was; returns its id. Starts no process."""
    ident = search.checked().id
    store.check_room(1)
    path = folder_of(store, ident) / "search.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, search.to_dict() | {"created": round(time.time(), 3)})
    go_on(store, ident)
    return ident


def start(store: Store, search: Search) -> str:
    """submit, and see that a runner looks after it."""
    ident = submit(store, search)
    runner.ensure_runner(store)
    return ident


def halt(store: Store, ident: str) -> None:
    """Stop a search and what of it is running or waiting."""
    search, folder = read_search(store, ident), folder_of(store, ident)
    with lock_of(folder).acquire(timeout=PATIENCE):  # so that no driver queues one more behind our back
        (folder / "stop").touch()
        for trial in trials_of(store, ident, search):
            for run in trial.runs:
                if run.state in ("queued", "running") and not run.stopping():
                    run.stop(HALTED)
    store.wake()


def go_on(store: Store, ident: str) -> None:
    """Let a search go on where it was: what was stopped or lost is resumed, what made it give up is tried again."""
    search, folder = read_search(store, ident), folder_of(store, ident)
    with lock_of(folder).acquire(timeout=PATIENCE):
        trials = trials_of(store, ident, search)
        again = _ended(trials)[-FAILURES:] if giving_up(trials) else []
        again += [trial for trial in trials if trial.state in ("stopped", "lost")]
        for trial in again:
            for run in trial.runs:
                if pruned_state(run) != "pruned":
                    run.resume()
        for name in ("end.json", "stop"):
            (folder / name).unlink(missing_ok=True)
    store.wake()
