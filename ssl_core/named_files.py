"""Reading a path that somebody named: a pipe, a socket or a device is refused before a byte of it is read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class NotPlain(OSError):
    """A path that is no plain file; `strerror` says what it is."""


def read_named(path: Path, most: int | None = None) -> bytes:
    """The content of a file, of at most `most` bytes the first; raises NotPlain, and OSError as `open` does.

    What was asked about a path may be another thing when it is opened; so what was opened is asked, and opening a pipe
    does not wait for its other end.
    """
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotPlain(errno.EINVAL, "it is a pipe, a socket, a device or a folder")
        return file.read() if most is None else file.read(most)


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
