"""What the teacher has said for the whole class: one small file of the store, which only the teacher's browser changes.

The queue paused, who comes first in it, what everybody may ask for, the step of a lesson that all stay at, and the
experiment that all are shown.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssl_core.people.teacher import desk
from ssl_core.runs import checked
from ssl_core.runs.files import kernel_lock, read_json, write_json
from ssl_core.runs.plain_files import because
from ssl_core.runs.run import identity

if TYPE_CHECKING:
    from ssl_core.runs.store import Store

FILE = "class.json"
PATIENCE = 5.0  # seconds that one of the teacher's browsers waits for another
MOST_FIRST = 50  # experiments that the teacher puts first
PAUSED = "The teacher has paused the queue: what runs goes on, and nothing new starts until the queue goes on."


@dataclass(frozen=True)
class Classroom:
    """What stands for all; 0 is no limit. `why` is the sentence of a file that cannot be read: then nothing stands."""

    paused: bool = False
    first: tuple[str, ...] = ()  # experiments, searches or runs, as ssl_core/people/owners.py names them
    shown: str = ""  # the experiment on everybody's screen
    lesson: str = ""
    part: int = 0  # the step of that lesson beyond which nobody goes
    runs: int = 40  # that wait at a time, of one person: three of the usual experiment
    steps: int = 0  # of a run
    minutes: float = 0.0  # that one press of Start may take, as estimated before it
    sets: int = 5  # of data, of one person
    megabytes: int = 500  # of these together
    run_megabytes: int = 1_000  # that the runs of one person have on the disk: a thousand of digits, thirty of CIFAR-10
    why: str = ""


def classroom(store: Store) -> Classroom:
    """What stands now; cheap to ask at every tick. Whatever lies there, it never raises."""
    return _reader(store.root).read()


def change(store: Store, browser: str, **what: Any) -> Classroom:
    """Say something else for all; returns what stands then. Raises NotTheTeacher, ValueError or OSError, a sentence."""
    desk().check(browser)
    return _write(store, lambda said: what)


def put_first(store: Store, browser: str, subject: str) -> Classroom:
    """An experiment, a search or a run comes before everything else that waits; as `change`."""
    desk().check(browser)
    return _write(store, lambda said: {"first": tuple(dict.fromkeys((subject, *said.first)))[:MOST_FIRST]})


def dismiss(store: Store) -> None:
    """The server is nobody's class any more: a queue that was left paused goes on. Raises as `change`."""
    if classroom(store).paused:
        _write(store, lambda said: {"paused": False})


def _write(store: Store, what: Callable[[Classroom], dict[str, Any]]) -> Classroom:
    """Put `what` follows from what stands in its place; under the lock, for a browser beside may say something, too."""
    try:
        lock = kernel_lock(store.root / "class.lock", PATIENCE)
    except TimeoutError:
        raise ValueError("Another browser of the teacher is changing this at the moment: try again.") from None
    with lock:
        before = classroom(store)
        said = dataclasses.replace(before, **what(before), why="")
        values = {name: value for name, value in dataclasses.asdict(said).items() if name != "why"}
        checked.classroom(values | {"first": list(said.first)})
        write_json(store.root / FILE, values)
    store.wake()
    return classroom(store)


class _Reader:
    """Reads the file again when it changed."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, threading.Lock()
        self._kept: tuple[tuple[int, ...], Classroom] = (), Classroom()

    def read(self) -> Classroom:
        seen = identity(self.path)
        with self._lock:
            if seen != self._kept[0]:
                self._kept = seen, _read(self.path)
            return self._kept[1]


def _read(path: Path) -> Classroom:
    try:
        values = checked.classroom(read_json(path))
    except FileNotFoundError:
        return Classroom()
    except ValueError as wrong:
        return Classroom(why=str(wrong))
    except OSError as wrong:
        return Classroom(why=f"{FILE} cannot be read: {because(wrong)}.")
    return Classroom(**values | {"first": tuple(values.get("first", ()))[:MOST_FIRST]})


@lru_cache(maxsize=32)
def _reader(root: Path) -> _Reader:
    return _Reader(root / FILE)
