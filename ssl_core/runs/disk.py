"""Room on the disk of a store: how much a new run wants, and what is said where there is none."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from ssl_core.runs.store import FREE_BYTES

FULL = "The disk is full: make room, then resume."
EXIT = 28  # of a worker that could not even write how it ended: ENOSPC on every system that has the name
_CODES = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}


def says_full(wrong: BaseException) -> bool:
    """Whether an error tells of a full disk, a used-up quota, or a file that may grow no further."""
    return isinstance(wrong, OSError) and wrong.errno in _CODES


def clear_asides(folder: Path) -> None:
    """Take away what a process left that was killed while it wrote a file here: as large as that file, and never read.

    For whoever is the only one to write there now.
    """
    for left in folder.glob(".*.aside"):  # as ssl_core.runs.files names them
        left.unlink(missing_ok=True)


def no_room(root: Path) -> str:
    """Why nothing new should start on the disk of this folder, one sentence; nothing while there is room."""
    try:
        free = shutil.disk_usage(root).free
    except OSError:  # whoever writes there will say more about it
        return ""
    if free >= FREE_BYTES:
        return ""
    return f"The disk is full: nothing new starts until {FREE_BYTES // 2**20} MB are free at {root.name}/."


def in_words(wrong: OSError, root: Path) -> str:
    """A sentence for a store that could not be read or written."""
    if says_full(wrong):
        return no_room(root) or FULL
    if not wrong.strerror:  # it has words of its own
        return str(wrong)
    return (
        f"The folder of runs, {root}, cannot be used ({wrong.strerror}): give this account the right to write there, "
        "or set SSL_STORE to another folder and start again."
    )
