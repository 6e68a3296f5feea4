"""What an experiment is called, in every list: as somebody named it, or by what it compares.

"Birds, 3 methods, 20–80 labels": data, methods and label counts, as a person would say it; where two would be called
the same, what differs stands behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from ssl_core.apart import told_apart
from ssl_core.data.catalog import find_card
from ssl_core.lines import Line, line_of
from ssl_core.runs.about import About, about
from ssl_core.runs.progress import IN_LESSON
from ssl_core.runs.store import Run, Store

Config = dict[str, Any]


class Called(NamedTuple):
    """An experiment in a list: what it is called there, and what was said of it."""

    name: str
    about: About

    @property
    def title(self) -> str:
        """Name and tags in one line, in which a list can be searched."""
        tags = " ".join(f"#{tag}" for tag in self.about.tags)
        return " ".join(filter(None, ("pinned:" if self.about.pinned else "", self.name, tags)))


def usual_name(configs: Sequence[Config]) -> str:
    """What an experiment of these runs is called unless somebody names it: one line, also where no run can be read."""
    grid = [config for config in configs if config and config.get("role") != "ceiling"] or [c for c in configs if c]
    if not grid:
        return "Experiment that cannot be read"
    labels, seeds = sorted({config["labels"] for config in grid}), {config["seed"] for config in grid}
    span = f"{labels[0]:,} labels" if len(labels) == 1 else f"{labels[0]:,}–{labels[-1]:,} labels"
    parts = [data_name(grid[0]["data"]), _methods([*dict.fromkeys(map(line_of, grid))]), span]
    lesson = str(grid[0].get("experiment", "")).startswith(IN_LESSON)
    return ("Lesson: " if lesson else "") + ", ".join([*parts, *([f"{len(seeds)} seeds"] if len(seeds) > 1 else [])])


def data_name(data: str) -> str:
    """A data set in a word or two; its last part where it is gone."""
    card = find_card(data)
    return card.title.split(",")[0] if card else data.rstrip("/").rpartition("/")[2][:40] or "Unknown data"


def _methods(lines: list[Line]) -> str:
    methods = [*dict.fromkeys(line.method for line in lines)]
    if len(lines) <= 2:
        return " and ".join(line.title for line in lines)
    if len(methods) == 1:
        return f"{Line(methods[0]).title} in {len(lines)} variants"
    more = len(lines) - len(methods)
    return f"{len(methods)} methods" + (f" and {more} variant{'s' if more > 1 else ''}" if more else "")


def called(store: Store, home: Store | None = None) -> dict[str, Called]:
    """Every experiment of a store by its id, pinned ones first, then the newest first; no two are called the same.

    `home` is where it is said what they are called, if that is another: an archive's is the store it lies in.
    """
    runs, edition = store.by_experiment()
    said = {experiment: about(home or store, experiment) for experiment in runs}
    data = {data: data_name(data) for data, _ in store.methods()}
    kept = _kept.get(store)
    if kept is None or kept[0] != (edition, said, data):
        kept = _kept[store] = (edition, said, data), _called(runs, said)
    return dict(kept[1])


# Of each store what was called how when, and by what: telling a thousand names apart takes longer than a page may.
_kept: WeakKeyDictionary[Store, tuple[Any, dict[str, Called]]] = WeakKeyDictionary()


def _called(runs: dict[str, list[Run]], said: dict[str, About]) -> dict[str, Called]:
    configs = {experiment: [run.config for run in its] for experiment, its in runs.items()}
    names = [said[experiment].name or usual_name(its) for experiment, its in configs.items()]
    first = [min(its, key=lambda config: config.get("role", "")) for its in configs.values()]
    apart = told_apart(names, first)
    every = {one: Called(name, said[one]) for one, name in zip(runs, apart, strict=True)}
    return dict(sorted(every.items(), key=lambda item: not item[1].about.pinned))


def name_of(store: Store, experiment: str) -> str:
    """What one experiment is called, told apart from the others of its store; its id where there is none."""
    one = called(store).get(experiment)
    return one.name if one else experiment


def named(store: Store, rows: Sequence[dict[str, Any]], home: Store | None = None) -> list[dict[str, Any]]:
    """Rows of runs, each with what its experiment is `called`, tags behind it; those of pinned experiments first."""
    names = called(store, home)
    rows = [row | {"called": names[row["experiment"]].title if row["experiment"] in names else ""} for row in rows]
    pinned = {experiment for experiment, one in names.items() if one.about.pinned}
    return sorted(rows, key=lambda row: row["experiment"] not in pinned)
