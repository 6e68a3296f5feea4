"""Reading a run's folder safely: only plain files of a sensible size, and never what a link or a pipe leads to.

Whatever lies in such a folder may have been put there by anybody.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

MOST_JSON = 2**20  # bytes of a JSON file: a configuration has 4 kB
# Never what a link leads to, and never waiting for whoever holds the other end of a pipe.
SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}


def kind_of(path: Path) -> str:
    """What lies there: "file", "a link", "a folder", "a pipe", "no file"; "" where there is nothing to be seen."""
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        return ""
    return "file" if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "no file")


def there(path: Path) -> bool:
    """Whether something of that name lies there, as far as this account may know; never raises."""
    return bool(kind_of(path))


def because(wrong: OSError) -> str:
    """What the system says, as the end of a sentence: permission denied."""
    text = wrong.strerror or type(wrong).__name__
    return f"{text[0].lower()}{text[1:]}"


def open_plain(path: Path, most: int) -> BinaryIO:
    """Open a plain file for reading; raises ValueError, one sentence, for anything else or more than `most` bytes.

    FileNotFoundError if there is none, and the system's OSError where this account may not read it.
    """
    if (kind := kind_of(path)) not in ("", "file"):
        raise ValueError(f"{path.name} is {kind}: put a file in its place, or delete it.")
    file = os.fdopen(os.open(path, os.O_RDONLY | SAFELY), "rb")
    facts = os.fstat(file.fileno())
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
        file.close()
        raise ValueError(f"{path.name} has {facts.st_size:,} bytes: that is no such file.")
    return file


def read_plain(path: Path, most: int = MOST_JSON) -> bytes:
    """The bytes of a plain file, errors as of open_plain."""
    with open_plain(path, most) as file:
        return file.read(most)


def append_plain(path: Path) -> BinaryIO:
    """Open a plain file, there or not, to append to it unbuffered; FileExistsError where something else is there."""
    if (kind := kind_of(path)) not in ("", "file"):
        raise FileExistsError(f"{path.name} is {kind}: put a file in its place, or delete it.")
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | SAFELY, 0o666), "ab", buffering=0)
