"""Whose turn it is in the queue of a store: what waits in its fair order, and who had the latest turns.

Those stand in turns.json, written by whoever starts runs, so that pages foretell the same order: by what stays when
somebody takes another nickname, which is no new turn.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ssl_core.people.classroom import classroom
from ssl_core.people.owners import now_called, owners, persons, subject
from ssl_core.runs import checked
from ssl_core.runs.fair import after, fair
from ssl_core.runs.files import read_json, write_json
from ssl_core.runs.notes import note
from ssl_core.runs.run import identity
from ssl_core.runs.store import Run, Store

FILE = "turns.json"
NEXT = "~"  # the place of a run that is not there yet, behind every name there is
MOST = 1_000  # people whose latest turns are remembered


class Place(NamedTuple):
    """A waiting run in its place, None for one that is asked for now; and whose turn it is."""

    run: Run | None
    people: tuple[str, ...]


def in_turn(store: Store, queued: Iterable[Run], newcomer: Collection[str] | None = None) -> list[Place]:
    """What waits, oldest first, in the order in which it is to start; with the place of a run that a newcomer adds.

    The teacher's come first, then it goes round the people. In a store without people, it is the order of asking.
    """
    waiting = {run.name: run for run in queued}
    names = [*waiting, *([NEXT] if newcomer is not None else [])]
    known, first = owners(store), classroom(store).first
    if not known and not first:
        return [Place(waiting.get(name), ()) for name in names]
    subjects = {name: subject(run) for name, run in waiting.items()}
    whose = {name: known.get(what, ()) for name, what in subjects.items()} | {NEXT: newcomer or ()}
    ahead = [name for what in first for name in names if subjects.get(name) == what]
    last = now_called(store, _latest(store.root).read())  # of two browsers of one name, the later turn counts
    return [Place(waiting.get(turn.run), turn.people) for turn in fair(names, whose, ahead, last)]


def took_turn(store: Store, place: Place) -> None:
    """Remember that a run was started, and whose turn that was; nobody's where there are no people."""
    if place.run is None or not any(place.people):
        return
    last = after(_latest(store.root).read(), persons(store, subject(place.run)))[-MOST:]
    try:
        write_json(store.root / FILE, {"last": last})
    except OSError as wrong:  # a full disk: then somebody has two turns
        note(f"{FILE} cannot be written ({wrong}).")


class _Latest:
    """Reads the file again when it changed; a spoiled one says nothing."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, threading.Lock()
        self._kept: tuple[tuple[int, ...], list[str]] = (), []

    def read(self) -> list[str]:
        seen = identity(self.path)
        with self._lock:
            if seen != self._kept[0]:
                self._kept = seen, _read(self.path)
            return self._kept[1]


def _read(path: Path) -> list[str]:
    try:
        return checked.turns(read_json(path))["last"][-MOST:]
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=32)
def _latest(root: Path) -> _Latest:
    return _Latest(root / FILE)
