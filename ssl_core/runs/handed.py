"""What an engine was given: a line of `job.json` in the folder of a run, and what the engines of a store say.

A run without that file is for whatever launcher is the usual one here. Whatever lies there may have been written by
anybody: what cannot be read is nothing.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, NamedTuple

from ssl_core.runs import checked
from ssl_core.runs.files import read_json, write_json

JOB = "job.json"  # in the folder of a run
ENGINES = "engines.json"  # beside the runs
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: how a worker ends that left its run waiting for its next turn


class Handed(NamedTuple):
    """The launcher that is to have a run, what it calls the run once it was given it, and its own word on the wait."""

    launcher: str = ""
    job: str = ""
    word: str = ""


class Engine(NamedTuple):
    """What is known of an engine without asking it: runs at a time, and why it starts nothing, one sentence."""

    places: int = 0
    why: str = ""


def handed(folder: Path) -> Handed:
    """Who has the run of a folder, or is to have it."""
    try:
        return Handed(**checked.job(read_json(folder / JOB)))
    except (OSError, ValueError):
        return Handed()


def hand(folder: Path, launcher: str, job: str = "", word: str = "") -> None:
    """Write down who is to have the run, and as what."""
    write_json(folder / JOB, Handed(launcher, job, word)._asdict())


def for_whom(folder: Path, launcher: str, usual: str) -> None:
    """Leave a run that waits to a launcher, whoever was to have it; the usual one needs no file."""
    if handed(folder).launcher == launcher:
        return
    if launcher == usual:
        (folder / JOB).unlink(missing_ok=True)
    else:
        hand(folder, launcher)


def engines(root: Path) -> dict[str, Engine]:
    """What the engines of a store last said, by the name of their launcher."""
    try:
        values = read_json(root / ENGINES)
    except (OSError, ValueError):
        return {}
    found = {}
    for name, said in list(values.items())[: checked.MOST_KEYS]:
        with contextlib.suppress(ValueError):
            found[name] = Engine(**checked.engine(said))
    return found


def say(root: Path, name: str, engine: Engine) -> None:
    """Let pages know how an engine is; nothing is written where that is known."""
    known = engines(root)
    if known.get(name) == engine:
        return
    with contextlib.suppress(OSError):  # on a full disk that is the lesser trouble
        write_json(root / ENGINES, _plain(known | {name: engine}))


def _plain(known: dict[str, Engine]) -> dict[str, Any]:
    return {name: engine._asdict() for name, engine in known.items()}
