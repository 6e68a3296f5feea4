"""How many bytes the data sets that people brought may have together: a zip of 2 MB can become 500 at 128 pixels."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path

from ssl_core.data import kept, places

USUAL = 8_192  # MB, where SSL_KEPT_MB does not say otherwise: sixteen uploads of the largest size
BROUGHT = ("upload:", "folder:", "labelled:")  # what these names begin with came from people
FREE_BYTES = 200 * 2**20  # that stay free on the disk
_left: ContextVar[tuple[int, str] | None] = ContextVar("what one person may still bring", default=None)


@contextlib.contextmanager
def at_most(left: tuple[int, str] | None) -> Iterator[None]:
    """Inside, nothing has room that is larger than so many bytes, and the sentence says why; None: as usual."""
    token = _left.set(left)
    try:
        yield
    finally:
        _left.reset(token)


def most_bytes() -> int:
    """What they may have: $SSL_KEPT_MB in bytes; raises ValueError, one sentence, where that is no number."""
    said = os.environ.get("SSL_KEPT_MB") or str(USUAL)
    if not said.isdecimal():
        raise ValueError(f"SSL_KEPT_MB must be a number of megabytes, not {said[:20]!r}: start again with one.")
    return int(said) * 2**20


def kept_bytes(but: Sequence[str] = ()) -> int:
    """What uploads, folders and sets with labels said here have on the disk, without those named in `but`."""
    return bytes_of([name for name in brought() if name not in but])


def brought() -> list[str]:
    """Names of the data sets that people brought."""
    return [name for name in kept.names() if name.startswith(BROUGHT)]


def bytes_of(names: Sequence[str]) -> int:
    """What these have on the disk."""
    return sum(map(_size, map(kept.place, names)))


def check(size: int, instead_of: Sequence[str] = ()) -> None:
    """Raise ValueError, one sentence, where `size` more bytes do not fit; `instead_of` will be deleted for them."""
    if (left := _left.get()) and size > left[0]:
        raise ValueError(f"These pictures would have {_mb(size)} MB. {left[1]}")
    most, now = most_bytes(), kept_bytes(instead_of)
    if now + size > most:
        raise ValueError(
            f"These pictures would have {_mb(size)} MB, and what people brought before has {_mb(now)} MB; at most "
            f"{_mb(most)} MB are kept: delete a data set on the Data page first, or choose a smaller size."
        )
    home = next(path for path in (places.kept(), *places.kept().parents) if path.exists())
    if shutil.disk_usage(home).free < FREE_BYTES + size:
        raise ValueError("The disk is nearly full: make room and try again.")


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except OSError:  # it is being deleted
        return 0


def _mb(size: int) -> str:
    return f"{size / 2**20:,.0f}"
