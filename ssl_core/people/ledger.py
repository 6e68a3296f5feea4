"""A small file of a store that several processes append to, line by line; nothing in it is ever changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from ssl_core.runs.checked import is_number
from ssl_core.runs.files import Check, Journal, Tail, kernel_lock
from ssl_core.runs.plain_files import kind_of

PATIENCE = 10.0  # seconds that a line waits for those of others
MOST_BYTES = 2**24  # a hundred thousand lines: more is nobody's class
Row = dict[str, Any]


class Ledger:
    """Lines of `path` that `check` lets pass. Cheap to ask again: a file is read as far as it grew.

    `made` makes of all lines what is asked for, once for each state of the file.
    """

    def __init__(self, path: Path, check: Check, made: Callable[[list[Row]], Any]) -> None:
        self.path, self._made = path, made
        self._tail, self._lock = Tail(path, check), threading.Lock()
        self._kept: tuple[list[Row], Any] | None = None

    def read(self) -> Any:
        """What `made` makes of the lines there are now; of a file that cannot be read, what it makes of none."""
        rows = self._tail.read()  # another list whenever something is new
        with self._lock:
            if self._kept is None or self._kept[0] is not rows:
                self._kept = rows, self._made(rows)
            return self._kept[1]

    def add(self, row: Row, already: Callable[[Any], bool] = lambda made: False) -> bool:
        """Append a line, unless it is `already` said; whoever does the same at the same moment waits.

        Raises OSError where that cannot be written, or others write for ten seconds.
        """
        if already(self.read()):
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with kernel_lock(self.path.with_suffix(".lock"), PATIENCE):
            if already(self.read()):
                return False
            if kind_of(self.path) == "file" and self.path.lstat().st_size > MOST_BYTES:
                raise OSError(f"{self.path.name} is full.")
            with Journal(self.path) as journal:
                journal.write(row)
        return True


def text(values: Row, name: str, most: int) -> str:
    """A text of a line; raises ValueError for anything else, or a longer one."""
    value = values.get(name)
    if type(value) is not str or not 0 < len(value) <= most:
        raise ValueError(f"A line has no {name}.")
    return value


def moment(values: Row) -> float:
    """When a line was written, in seconds; 0 where it does not say."""
    at = values.get("at")
    return float(at) if is_number(at) else 0.0


@lru_cache(maxsize=32)
def ledger(path: Path, check: Check, made: Callable[[list[Row]], Any]) -> Ledger:
    """The one reader of a file in this process."""
    return Ledger(path, check, made)
