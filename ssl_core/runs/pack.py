"""Many short runs as one job of an engine: a thousand runs of twenty seconds do not pay a thousand start-ups.

    python -m ssl_core.runs.pack FOLDER [FOLDER ...] [--list FILE] [--at-once N] [--then N] [--again] [--beat SECONDS]

It is a small pool (pool.py) over the runs it was given: PyTorch is loaded once, and each run is a process forked from
there. So a run that crashes takes none with it and gets its epitaph, a run that is stopped makes room for the next,
and what nobody began when the job itself is ended waits in the queue as it did before. With --then it takes up further
runs of the store that wait for the same launcher, so that an engine need not know beforehand which they are; a run that
two jobs take up at the same moment is the one's that gets its lock. Imports no PyTorch itself.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ssl_core.launch import Launcher
from ssl_core.launch.local import PER_GPU, Local, nodes, runs_per_gpu
from ssl_core.runs.handed import TRY_AGAIN, handed
from ssl_core.runs.plain_files import read_plain
from ssl_core.runs.pool import Pool
from ssl_core.runs.store import RESUMABLE, Run, Store, stop

LOOK = 0.1  # seconds between two looks
MOST_LIST = 2**22  # bytes of a list: forty thousand runs
ENDED = "The system asked it to end. Resume goes on."


def listed(path: Path) -> list[Path]:
    """The folders that a file names, one a line; raises ValueError, one sentence, for no such file."""
    try:
        lines = read_plain(path, MOST_LIST).decode().splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is no list of folders: it is not text.") from None
    except OSError as wrong:
        raise ValueError(f"The list of runs cannot be read: {wrong}.") from None
    return [Path(line.strip()) for line in lines if line.strip()]


def store_of(folders: Sequence[Path]) -> Store:
    """The store that all of these are runs of; raises ValueError, one sentence."""
    roots = {folder.resolve().parent for folder in folders}
    if len(roots) != 1:
        raise ValueError("Name the folders of one or more runs, all of one store.")
    store = Store(roots.pop())
    for folder in folders:
        if store.run(folder.resolve().name) is None:
            raise ValueError(f"There is no run {folder.name[:80]!r} in {store.root.name}/.")
    return store


class Further(NamedTuple):
    """Runs that a job takes up beside those it was given: `most` that wait for the same launcher, and have no job."""

    most: int = 0
    launcher: str = ""
    usual: str = ""  # the launcher of runs for which nobody chose one

    def waits(self, run: Run) -> bool:
        """Whether this is such a run now."""
        kept = handed(run.folder)
        return not kept.job and (kept.launcher or self.usual) == self.launcher and run.state == "queued"


NONE = Further()


def _child(*words: Any) -> None:
    """What is run in the process that has PyTorch already, so that the job's own need not load it."""
    from ssl_core.runs.worker import child

    child(*words)


class Forked(Local):
    """Workers of this process alone: of one that it did not start, the process may be another machine's."""

    def _child(self) -> Callable[..., None]:
        return _child

    def find(self, run: Run) -> None:
        """Nobody's."""


def pack(
    folders: Sequence[Path],
    at_once: int | None = None,
    beat: float = 0.0,
    *,
    again: bool = False,
    further: Further = NONE,
    engine: Launcher | None = None,
) -> int:
    """Train the runs, `at_once` at a time (None: as many as share the GPUs, else one), and return an exit code.

    0 if all are done, else 1. SIGTERM and SIGHUP end it politely: what runs keeps a checkpoint, what waits goes on
    waiting; with `again` what was stopped so waits again, too, for the next turn of this job, and the code is
    TRY_AGAIN.
    """
    store, count = store_of(folders), nodes()
    runs = {folder.resolve().name for folder in folders}
    begun: dict[str, Run] = {}
    stopped: dict[str, Run] = {}

    def takes(run: Run) -> bool:
        if asked:
            return False
        taken_up = {*begun, *pool.jobs} - runs
        return run.name in runs or (len(taken_up) < further.most and further.waits(run))

    most = at_once or max(1, count) * runs_per_gpu()
    pool = Pool(store, most, set() if further.most else runs, engine or Forked(beat, count), takes)
    with asked_to_end() as asked:
        while pool.tick() and (pool.jobs or pool.waiting):
            begun |= {name: run for name in pool.jobs if (run := store.run(name))}
            if asked:
                stopped |= _stop(run for run in begun.values() if run.name in pool.jobs)
            if pool.why and not pool.jobs and runs <= begun.keys():  # a pause, or a full disk: others need this place
                break
            pool.wait(LOOK)
    back = [run for run in stopped.values() if again and run.state in RESUMABLE]
    for run in back:
        run.put_back()
    every = {run.name: run for name in runs if (run := store.run(name))} | begun
    return TRY_AGAIN if back else int(any(run.state != "done" for run in every.values()))


def _stop(runs: Iterable[Run]) -> dict[str, Run]:
    """Those that had to be asked."""
    return {run.name: run for run in stop(runs, ENDED)}


@contextlib.contextmanager
def asked_to_end() -> Iterator[list[int]]:
    """The system's polite words that came meanwhile; a handler that did more could find a lock taken."""
    heard: list[int] = []
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # no SIGHUP on Windows
            number = getattr(signal, name)
            before[number] = signal.signal(number, lambda number, frame: heard.append(number))
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("folder", type=Path, nargs="*", help="runs, the first first")
    parser.add_argument("--list", type=Path, metavar="FILE", help="a file with further ones, one a line")
    parser.add_argument("--at-once", type=int, metavar="N", help="runs at a time; usually one, or SSL_RUNS_PER_GPU")
    parser.add_argument("--again", action="store_true", help="what the system ends waits again: this job gets a turn")
    parser.add_argument("--per-gpu", type=int, metavar="N", help="runs that share a GPU (SSL_RUNS_PER_GPU, or one)")
    parser.add_argument("--then", type=int, default=0, metavar="N", help="further runs that it takes up")
    parser.add_argument("--launcher", default="", help="of those that wait for this one")
    parser.add_argument("--usual", default="", help="the launcher of runs for which nobody chose one")
    parser.add_argument("--job", default="", help="what an engine calls this; leave, if another has the run by now")
    parser.add_argument("--beat", type=float, default=0.0, metavar="SECONDS", help="between two heartbeats; 0 is none")


def main(argv: list[str] | None = None) -> int:
    """0 if every run is done."""
    parser = argparse.ArgumentParser(prog="python -m ssl_core.runs.pack", description="Train runs of a store in turn.")
    flags(parser)
    args = parser.parse_args(argv)
    try:
        if args.at_once is not None and args.at_once < 1:
            raise ValueError(f"--at-once takes a whole number from 1, not {args.at_once}.")
        folders = [*args.folder, *(listed(args.list) if args.list else [])]
        os.environ["SSL_STORE"] = str(store_of(folders).root)  # where prepared data sets are kept
        if args.job and handed(folders[0]).job != args.job:
            return 0
        if args.per_gpu:
            os.environ[PER_GPU] = str(args.per_gpu)
        further = Further(args.then, args.launcher, args.usual)
        return pack(folders, args.at_once, args.beat, again=args.again, further=further)
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
