"""What an engine costs: the same tiny runs through this machine, Ray and Slurm, one by one and packed.

    python -m tests.benchmarks.launchers [--runs N] [--pack N] [--launchers local ray slurm] [--only-packed]

Prints runs a minute, and overhead a run: the wall time less what the runs themselves say they trained, shared out to
the places; and how many times as long as this machine's own launcher it took. Ray and Slurm must be running; what does
not answer is left out with its sentence. Where there is no Slurm,
    python -m tests.engines.slurm_node FOLDER MARK
starts one of this machine, for root. Run it in an environment with Ray (.ci/run makes one), on an idle machine.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from typing import NamedTuple

from ssl_core.launch.choice import LAUNCHERS, own
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.pool import Pool
from ssl_core.runs.store import Store

LOOK = 0.2  # seconds between two looks, as `experiment` takes them
KNOBS = {"steps": 40, "batch": 8, "evaluations": 2}


class Measured(NamedTuple):
    """Runs that were done, places, and seconds: of the clock, and of a place a run beside what it trained."""

    done: int
    places: int
    wall: float
    overhead: float


def measured(name: str, count: int, packed: int) -> Measured:
    """The same runs through a launcher; raises ValueError, one sentence, where it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        os.environ["SSL_RUNS_PER_JOB"] = str(packed)
        engine, takes = own(name, store.root)
        experiment = Experiment("digits", ["supervised"], [20], range(count), {"supervised": KNOBS})
        runs = enqueue(store, experiment, name).runs
        engine.warm()
        pool, began = Pool(store, None, {run.name for run in runs}, engine, takes), time.monotonic()
        while pool.tick():
            pool.wait(LOOK)
        wall = time.monotonic() - began
        trained, places = sum(run.end.get("seconds", 0.0) for run in runs), engine.places()
        done = sum(run.state == "done" for run in runs)
        return Measured(done, places, wall, (wall * min(places, count) - trained) / count)


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--pack", type=int, default=50, help="runs of a packed job")
    parser.add_argument("--launchers", nargs="+", default=list(LAUNCHERS), choices=list(LAUNCHERS))
    parser.add_argument("--only-packed", action="store_true", help="leave out the long rows: a job a run")
    args = parser.parse_args()
    print(f"{'':<16} {'done':>5} {'places':>7} {'s':>8} {'runs/min':>10} {'s a run over':>12} {'times local':>12}")
    local = float("nan")
    for name in args.launchers:
        for packed in (1,) if name == "local" else (args.pack,) if args.only_packed else (1, args.pack):
            words = f"{name}{f', {packed} a job' if packed > 1 else ''}"
            try:
                done, places, wall, over = measured(name, args.runs, packed)
            except ValueError as wrong:
                print(f"{words:<16} {wrong}", flush=True)
                continue
            local = wall if name == "local" else local
            figures = (
                f"{done:>5} {places:>7} {wall:>8.1f} {60 * done / wall:>10.1f} {over:>12.2f} {wall / local:>12.2f}"
            )
            print(f"{words:<16} {figures}", flush=True)


if __name__ == "__main__":
    main()
