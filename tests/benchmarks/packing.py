"""What a run costs beside its training: each started anew, all in one packed job, or by the runner of this machine.

    python -m tests.benchmarks.packing [COUNT] [--at-once N] [--steps N] [--anew N]

Trains COUNT (default 40) tiny runs through a packed job and through the local pool, N (default 4) of them each with a
start-up of its own, and all of them inside one process without any job, which is the work itself. Prints seconds of the
clock a run, so ask an idle machine, and runs a minute. With SSL_RUNS_PER_GPU and a GPU it tells what sharing gains:
leave --at-once out then.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ssl_core.launch.local import slots
from ssl_core.runs.pool import Pool
from ssl_core.runs.store import Run, Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure


def queued(root: Path, count: int, steps: int) -> tuple[Store, list[Run]]:
    """So many runs that wait."""
    store = Store(root)
    values = {"steps": steps, "evaluations": 1, "batch": 8}
    return store, [store.add(configure("digits", "supervised", 20, seed, values).to_dict()) for seed in range(count)]


def spent(call: Callable[[], object]) -> float:
    """Seconds of the clock: the workers are another process's children, which no clock of the processor counts here."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def one_by_one(runs: list[Run]) -> None:
    """A start-up each, as an engine does it that gets a job a run."""
    for run in runs:
        subprocess.run([sys.executable, "-m", "ssl_core.runs.worker", str(run.folder)], check=True)


def packed(runs: list[Run], at_once: int | None) -> None:
    """All as one job."""
    many = ["--at-once", str(at_once)] if at_once else []
    folders = [str(run.folder) for run in runs]
    subprocess.run([sys.executable, "-m", "ssl_core.runs.pack", *folders, *many], check=True)


def pooled(store: Store, at_once: int | None) -> None:
    """As the runner of this machine does it."""
    pool = Pool(store, at_once or slots())
    while pool.tick():
        pool.wait(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=40)
    parser.add_argument("--at-once", type=int, metavar="N")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--anew", type=int, default=4, metavar="N", help="runs that are started each by itself")
    args = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _, first = queued(root / "first", 1, args.steps)
        work(first[0].folder)  # the first optimizer of a process imports for seconds
        ways = {
            "in one process": lambda store, runs: [work(run.folder) for run in runs],
            "packed as one job": lambda store, runs: packed(runs, args.at_once),
            "by the local pool": lambda store, runs: pooled(store, args.at_once),
            "each started anew": lambda store, runs: one_by_one(runs[: args.anew]),
        }
        for name, way in ways.items():
            count = args.anew if name == "each started anew" else args.count
            store, runs = queued(root / name.replace(" ", "-"), count, args.steps)
            clock = spent(lambda way=way, store=store, runs=runs: way(store, runs))
            assert all(run.state == "done" for run in runs), [run.standing() for run in runs]
            print(
                f"{count:>5} runs {name:<18} {clock / count:6.2f} s a run, {60 * count / clock:6.0f} a minute",
                flush=True,
            )


if __name__ == "__main__":
    main()
