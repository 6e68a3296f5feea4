"""A hyperparameter search: what to try, written once; its trials are ordinary runs that carry the search's id.

What has been tried, what was best and whether it goes on are read from those runs, never stored a second time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ssl_core.knobs import unknown
from ssl_core.runs.checked import is_number
from ssl_core.runs.files import kernel_lock, read_json
from ssl_core.runs.origin import pictures_of
from ssl_core.runs.plain_files import kind_of
from ssl_core.runs.store import Store
from ssl_core.search.span import Span, searchable

SAMPLERS = {
    "tpe": ("TPE", "Learns from the trials so far where to look next (Bergstra et al. 2011)."),
    "random": ("Random", "Draws every trial afresh: a fair picture of the whole range."),
    "grid": ("Grid", "Tries every combination once; two knobs make a map."),
}
FOLDER = ".searches"  # inside the store; a name that can never be a run's
NAME = re.compile(r"[a-z0-9-]{1,80}")
VERSION = 1
MOST_RUNS, MOST_KNOBS, MOST_MINUTES = 200, 6, 600.0


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
    pictures: str = ""  # fingerprint of what people brought, when the search began; of a public set nothing

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
    def most_trials(self) -> int:
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
        values = {"version": VERSION} | dataclasses.asdict(self)
        return values if self.pictures else {key: value for key, value in values.items() if key != "pictures"}

    def of_now(self) -> Search:
        """The same over the pictures that its data set holds now: over others it is another search."""
        return dataclasses.replace(self, pictures=pictures_of(self.data))

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> Search:
        """Read what to_dict wrote; raises ValueError, one sentence, for anything else."""
        if values.get("version") != VERSION:
            raise ValueError(f"This search was written by another version ({values.get('version')!r}).")
        names = {item.name for item in dataclasses.fields(Search)}
        try:
            settings = {name: value for name, value in values.items() if name in names}
            spans = {
                str(k): Span(**span | {"choices": tuple(span["choices"])}) for k, span in settings["knobs"].items()
            }
            search = Search(**settings | {"knobs": spans, "seeds": tuple(settings["seeds"])})
            if not search.is_one():
                raise TypeError
            hash((search.id, search.most_trials))  # a grid too large to count says so here
        except (KeyError, TypeError, AttributeError, ArithmeticError):
            raise ValueError("This search cannot be read: search.json does not describe one.") from None
        return search

    def is_one(self) -> bool:
        """Whether every field is of its type and within its bounds: search.json may say anything."""
        texts = all(type(text) is str for text in (self.data, self.method, self.sampler)) and self.sampler in SAMPLERS
        whole = all(type(n) is int for n in (self.labels, self.runs, self.points, *self.seeds))
        bounds = whole and self.labels > 0 and 2 <= self.runs <= MOST_RUNS and 2 <= self.points <= 15
        time = is_number(self.minutes) and 0 <= self.minutes <= MOST_MINUTES and type(self.prune) is bool
        ranges = 0 < len(self.knobs) <= MOST_KNOBS and all(span.is_range() for span in self.knobs.values())
        return texts and bounds and time and ranges and bool(self.seeds) and isinstance(self.fixed, Mapping)

    @property
    def id(self) -> str:
        """The same choices give the same id."""
        text = json.dumps(self.to_dict(), sort_keys=True)
        name = re.sub("[^a-z0-9]+", "-", f"{self.data}-{self.method}-{self.labels}".lower()).strip("-")[:60]
        return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def folder_of(store: Store, ident: str) -> Path:
    """Where a search is kept; raises ValueError for a name that is not one of ours."""
    if not NAME.fullmatch(ident):
        raise ValueError("There is no such search.")
    return store.root / FOLDER / ident


def locked(folder: Path, patience: float = 0.0) -> AbstractContextManager:
    """Hold the lock of whoever queues or stops trials of a search; TimeoutError after `patience` seconds."""
    return kernel_lock(folder / "lock", patience)


def searches(store: Store) -> list[str]:
    """Every search of the store, newest first."""
    root = store.root / FOLDER
    try:
        ours = [path for path in root.iterdir() if NAME.fullmatch(path.name)] if kind_of(root) == "a folder" else []
    except OSError:  # this account may not look into it
        return []
    written = {path.name: _written(path) for path in ours if kind_of(path) == "a folder"}
    return sorted((name for name, when in written.items() if when), key=lambda name: (-written[name], name))


def _written(folder: Path) -> float:
    """When a search was written down; 0 where none can be seen."""
    path = folder / "search.json"
    try:
        return path.lstat().st_mtime if kind_of(path) == "file" else 0.0
    except OSError:
        return 0.0


def read_search(store: Store, ident: str) -> Search:
    """The search of that name; raises ValueError, one sentence, if there is none or it cannot be read."""
    try:
        return Search.from_dict(read_json(folder_of(store, ident) / "search.json"))
    except OSError:
        raise ValueError(f"There is no search {ident!r}.") from None


def same_but_for_pictures(store: Store, search: Search) -> str:
    """One sentence where this was searched before, over other pictures of the same data set; else nothing."""
    for name in searches(store):
        try:
            other = read_search(store, name)
        except ValueError:
            continue
        if other.pictures != search.pictures and dataclasses.replace(other, pictures=search.pictures) == search:
            return f"The pictures of {search.data} are not those of the search {name} any more: this is another one."
    return ""
