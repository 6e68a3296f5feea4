"""What an engine costs: the same tiny runs through this machine, Ray and Slurm, one by one and packed.

    python -m tests.benchmarks.launchers [--runs N] [--pack N] [--launchers local ray slurm]

Prints runs a minute, and overhead a run: the wall time less what the runs themselves say they trained, shared out to
the places. Ray and Slurm must be running; what does not answer is left out with its sentence. Where Slurm has none,
    python -m tests.engines.slurm_node FOLDER MARK
starts one of this machine, for root.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time

from ssl_core.launch.choice import LAUNCHERS, own
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.pool import Pool
from ssl_core.runs.store import Store

KNOBS = {"steps": 40, "batch": 8, "evaluations": 2}


def measured(name: str, count: int, packed: int) -> str:
    """A row of the table, or why there is none."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        os.environ["SSL_RUNS_PER_JOB"] = str(packed)
        try:
            engine, takes = own(name, store.root)
        except ValueError as wrong:
            return str(wrong)
        runs = enqueue(
            store, Experiment("digits", ["supervised"], [20], range(count), {"supervised": KNOBS}), name
        ).runs
        engine.warm()
        pool, began = Pool(store, None, {run.name for run in runs}, engine, takes), time.monotonic()
        while pool.tick() and any(run.state in ("queued", "running") for run in runs):
            pool.wait(0.05)
        wall = time.monotonic() - began
        for job in pool.jobs.values():  # what an engine has not noticed yet
            engine.stop(job)
        trained = sum(run.end.get("seconds", 0.0) for run in runs)
        done = sum(run.state == "done" for run in runs)
        places = engine.places()
        overhead = (wall * min(places, count) - trained) / count
        return f"{done:>5} {places:>7} {wall:>8.1f} {60 * done / wall:>10.1f} {overhead:>12.2f}"


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--pack", type=int, default=50, help="runs of a packed job")
    parser.add_argument("--launchers", nargs="+", default=list(LAUNCHERS), choices=list(LAUNCHERS))
    args = parser.parse_args()
    print(f"{'':<16} {'done':>5} {'places':>7} {'s':>8} {'runs/min':>10} {'s a run over':>12}")
    for name in args.launchers:
        for packed in (1,) if name == "local" else (1, args.pack):
            words = f"{name}{f', {packed} a job' if packed > 1 else ''}"
            print(f"{words:<16} {measured(name, args.runs, packed)}", flush=True)


if __name__ == "__main__":
    main()
