"""Files that are whole or absent, and logs that are read line by whole line."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from ssl_core.runs.plain_files import append_plain, because, kind_of, open_plain, read_plain

MOST_RECORD = 2**27  # bytes of a record: with a thousand classes it has 8 MB
KNOWN_BY = 256  # bytes before the place where a tail goes on, by which it knows its file again
NO_FILE = (-1, -1)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a reader sees the old file or the new one, even after a power cut."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.aside")
    try:
        with open(aside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a JSON object whole; NaN and infinity become null."""
    write_whole(path, (json.dumps(plain(value), allow_nan=False, indent=1) + "\n").encode())


def plain(value: Any) -> Any:
    """The same value with null for every number that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; raises ValueError, one sentence, for anything else, FileNotFoundError if absent.

    And the system's OSError where this account may not read it.
    """
    content = read_plain(path)
    try:
        value = parsed(content)
    except RecursionError:
        raise ValueError(f"{path.name} cannot be read: its brackets are nested too deeply.") from None
    except ValueError as wrong:
        raise ValueError(f"{path.name} cannot be read: {wrong}.") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} does not hold a JSON object.")
    return value


def parsed(content: bytes) -> Any:
    """The value of JSON in UTF-8; raises ValueError, also for a half of a character, or RecursionError."""
    value = json.loads(content)
    if b"\\u" in content:
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is text that no page can send
    return value


Check = Callable[[dict[str, Any]], dict[str, Any]]


def parse_lines(content: bytes, check: Check = dict) -> tuple[list[dict[str, Any]], int]:
    """The JSON objects of whole lines, and how many whole lines held something else.

    `check` makes of an object what is kept, or raises ValueError for one that is none of ours.
    """
    rows, bad = [], 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            row = parsed(line)
            rows += [check(row)] if isinstance(row, dict) else []
            bad += not isinstance(row, dict)
        except (ValueError, RecursionError):  # covers bytes that are not UTF-8, too
            bad += 1
    return rows, bad


def kernel_lock(path: Path, patience: float = 0.0) -> contextlib.AbstractContextManager:
    """Take a lock that ends with its holder, however that ends; leaving the `with` block lets go of it.

    Raises TimeoutError if somebody else still has it after `patience` seconds.
    """
    return FileLock(path).acquire(timeout=patience)


class Journal(contextlib.AbstractContextManager):
    """One JSON object a line, appended by one writer, who closes it by leaving the `with` block."""

    def __init__(self, path: Path) -> None:
        torn = _torn(path)
        self._file = append_plain(path)
        if torn:
            self._file.write(b"\n")

    def write(self, row: dict[str, Any]) -> None:
        """Append one row in one write; raises OSError where only a part of it found room on the disk."""
        line = (json.dumps(plain(row), allow_nan=False) + "\n").encode()
        if self._file.write(line) < len(line):  # or the next row would be written behind a half
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._file.name))

    def __exit__(self, *error: object) -> None:
        self._file.close()


def _torn(path: Path) -> bool:
    """Whether the last line of a file has no end."""
    if kind_of(path) != "file":
        return False
    with open_plain(path, 2**62) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        return size > 0 and file.read(1) != b"\n"


class Tail:
    """Rows of a growing journal; each call reads only what is new. Safe to share between threads.

    `check` is that of parse_lines. `bad` counts unreadable lines, `why` is the sentence of a journal that cannot be
    read at all.
    """

    def __init__(self, path: Path, check: Check = dict) -> None:
        self.path, self.check, self._lock = path, check, threading.Lock()
        self._at, self._file = 0, NO_FILE  # how far it was read; its number at the system, and when it changed
        self._last = b""  # the bytes before that place
        self.rows: list[dict[str, Any]] = []
        self.bad, self.why = 0, ""

    def read(self) -> list[dict[str, Any]]:
        """All rows so far; a torn last line waits until it is whole. A file that was replaced is read afresh."""
        with self._lock:
            try:
                self.why = ""
                self._read()
            except FileNotFoundError:
                self._begin()
            except ValueError as wrong:
                self._begin()
                self.why = str(wrong)
            except OSError as wrong:
                self._begin()
                self.why = f"{self.path.name} cannot be read: {because(wrong)}."
            return self.rows

    def _begin(self) -> None:
        self._at, self._file, self._last, self.rows, self.bad = 0, NO_FILE, b"", [], 0

    def _read(self) -> None:
        facts = self.path.lstat()
        if (facts.st_ino, facts.st_mtime_ns, facts.st_size) == (*self._file, self._at):
            return  # nothing is new: a live page asks every second
        with open_plain(self.path, MOST_RECORD) as file:
            facts = os.fstat(file.fileno())
            file.seek(max(self._at - KNOWN_BY, 0))
            same = facts.st_ino == self._file[0] and facts.st_size >= self._at
            if not same or file.read(len(self._last)) != self._last:
                self._begin()  # a resumed run's may already be longer again, and under the number of the one before
                file.seek(0)
            fresh = file.read(facts.st_size - self._at)
        whole = fresh[: fresh.rfind(b"\n") + 1]
        rows, bad = parse_lines(whole, self.check)
        if whole:
            self._last = (self._last + whole)[-KNOWN_BY:]
        self._file = facts.st_ino, facts.st_mtime_ns
        self._at, self.rows, self.bad = self._at + len(whole), self.rows + rows, self.bad + bad
