"""Files that are whole or absent, and logs that are read line by whole line."""

from __future__ import annotations

import contextlib
import json
import math
import os
import threading
from pathlib import Path
from typing import Any

from filelock import FileLock


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
    """Read a JSON object; raises ValueError, one sentence, for anything else, FileNotFoundError if absent."""
    try:
        value = json.loads(path.read_bytes())
    except (UnicodeDecodeError, json.JSONDecodeError) as wrong:
        raise ValueError(f"{path.name} cannot be read: {wrong}.") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} does not hold a JSON object.")
    return value


def parse_lines(content: bytes) -> tuple[list[dict[str, Any]], int]:
    """The JSON objects of whole lines, and how many whole lines held something else."""
    rows, bad = [], 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:  # covers bytes that are not UTF-8, too
            row = None
        if isinstance(row, dict):
            rows.append(row)
        else:
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
        torn = path.exists() and path.stat().st_size and path.read_bytes()[-1:] != b"\n"
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by __exit__
        if torn:
            self._file.write(b"\n")

    def write(self, row: dict[str, Any]) -> None:
        """Append one row in one write."""
        self._file.write((json.dumps(plain(row), allow_nan=False) + "\n").encode())

    def __exit__(self, *error: object) -> None:
        self._file.close()


class Tail:
    """Rows of a growing journal; each call reads only what is new. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path, self._at, self._file, self._lock = path, 0, None, threading.Lock()
        self.rows: list[dict[str, Any]] = []
        self.bad = 0

    def read(self) -> list[dict[str, Any]]:
        """All rows so far; a torn last line waits until it is whole. A file that was replaced is read afresh."""
        with self._lock:
            try:
                told = self.path.stat()
                size = told.st_size
                if size < self._at or told.st_ino != self._file:  # a resumed run's may already be longer again
                    self._at, self._file, self.rows, self.bad = 0, told.st_ino, [], 0
                if size > self._at:
                    with open(self.path, "rb") as file:
                        file.seek(self._at)
                        fresh = file.read(size - self._at)
                    whole = fresh[: fresh.rfind(b"\n") + 1]
                    rows, bad = parse_lines(whole)
                    self._at, self.rows, self.bad = self._at + len(whole), self.rows + rows, self.bad + bad
            except FileNotFoundError:
                self._at, self.rows, self.bad = 0, [], 0
            return self.rows
