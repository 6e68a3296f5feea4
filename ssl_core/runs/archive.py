"""Putting runs aside, back, and away for ever. Nothing here touches a run that a worker holds, or leaves the store."""

from __future__ import annotations

import contextlib
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from filelock import Timeout

from ssl_core.runs.plain_files import because, kind_of, there
from ssl_core.runs.store import ARCHIVE, ENDED, Run, Store


def archive(store: Store, run: Run) -> None:
    """Move a run that has ended into the archive; raises ValueError, one sentence, for any other."""
    shelf = store.root / ARCHIVE
    if shelf.is_symlink():
        raise ValueError(f"{ARCHIVE}/ is a link to somewhere else: put a folder in its place.")
    with resting(store, run) as folder:
        shelf.mkdir(exist_ok=True)
        _move(folder, shelf / run.name)


def restore(shelf: Store, run: Run) -> None:
    """Move an archived run back into the store that the archive lies in."""
    with resting(shelf, run) as folder:
        _move(folder, shelf.root.parent / run.name)


def delete(store: Store, run: Run) -> None:
    """Delete a run that has ended: gone from every listing at once, then from the disk."""
    with resting(store, run) as folder:
        away = folder.with_name(f".{folder.name}.deleted")
        folder.rename(away)
    for gone in (away, *store.root.glob(".*.deleted")):  # and what an interrupted deletion left
        shutil.rmtree(gone, ignore_errors=True)


def _move(folder: Path, to: Path) -> None:
    if there(to):
        raise ValueError(f"There is already a run of the name {to.name} there.")
    folder.rename(to)


@contextlib.contextmanager
def resting(store: Store, run: Run) -> Iterator[Path]:
    """The folder of a run of this store that nobody works on, and nobody can begin to work on meanwhile."""
    if store.run(run.name) is not run or run.folder.parent != store.root:
        raise ValueError(f"There is no run {run.name!r} here any more.")
    folder = run.folder
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise ValueError(f"{run.name} is not a folder.")
    state = run.state
    if state not in (*ENDED, "broken"):
        raise ValueError(f"{run.name} is {state}: stop it first.")
    try:
        if kind_of(folder / "lock") == "file":
            with run.lock().acquire(blocking=False):
                yield folder
        else:  # nobody ever began, and a lock file left behind would say "lost"; and what is no file holds nobody
            yield folder
    except Timeout:
        raise ValueError(f"{run.name} is running: stop it first.") from None
    except OSError as wrong:
        raise ValueError(f"{run.name} cannot be changed: {because(wrong)}.") from None
