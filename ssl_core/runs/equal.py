"""Equal runs are trained once: an experiment takes over what another one has finished already.

A run is decided by its configuration and its pictures; where both are equal, training again would say the same. What
is taken is a copy, so that either experiment can be deleted, moved or sent away without the other.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ssl_core.runs.handed import JOB
from ssl_core.runs.origin import KEYS
from ssl_core.runs.plain_files import kind_of, open_plain
from ssl_core.runs.run import PHASE
from ssl_core.runs.store import Run, Store

DECIDES = ("version", "task", "data", "method", "labels", "seed", "knobs", "training", "continues", *KEYS)
NEEDED = ("end.json", "metrics.jsonl", "checkpoint.pt")
LEFT = ("config.json", "lock", "stop", "pid", "beat", PHASE, JOB)  # a run's own, of its own time
MOST = 2**62  # bytes of a file: what a run wrote may be as long as it is


def take_equal(store: Store, config: Mapping[str, Any]) -> Run | None:
    """A copy of a finished run that equals this configuration, under its names and notes; None where there is none.

    `config` is what Store.add would queue, with what its data is now. Only what is done is taken, whole.
    """
    for run in equal_runs(store, config):
        try:
            return store.add({**config, "taken": run.name}, lambda to, run=run: _copy(run.folder, to))
        except (OSError, ValueError):  # it went away meanwhile, or is not whole: the next, or train anew
            continue
    return None


def equal_runs(store: Store, config: Mapping[str, Any]) -> Iterator[Run]:
    """The finished runs of a store that equal a configuration, newest first."""
    there = reversed(store.of_kind(config["data"], config["method"], config["labels"]))
    return (run for run in there if equal(run.config, config) and run.state == "done")


def equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both would train the same network: all that decides a run, and pictures that both wrote down."""
    return bool(one.get("fingerprint")) and all(one.get(key) == other.get(key) for key in DECIDES)


def _copy(folder: Path, to: Path) -> None:
    """Copy what a run wrote; ValueError or OSError where something is missing, or no file."""
    if missing := lacking(folder):
        raise ValueError(f"{folder.name} has no {missing}.")
    copy_files(folder, to)


def lacking(folder: Path) -> str:
    """The first file that a finished run cannot do without and this one has not; "" where it is whole."""
    return next((name for name in NEEDED if kind_of(folder / name) != "file"), "")


def copy_files(folder: Path, to: Path, but: Sequence[str] = ()) -> None:
    """Copy what a run wrote, but not what is about its own time; ValueError or OSError for what is no file."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.name not in (*LEFT, *but) and not entry.name.startswith(".")]
    for name in names:  # hidden: who began it, and what was never finished
        if kind_of(folder / name) == "a folder":
            (to / name).mkdir()
            copy_files(folder / name, to / name)
        else:
            with open_plain(folder / name, MOST) as source, open(to / name, "xb") as target:
                shutil.copyfileobj(source, target)
