"""A whole experiment on features as the app runs it: queued, then trained by the runner, as many at a time as it may.

    python -m tests.benchmarks.experiment [--set clothing] [--labels 10 20 40] [--seeds 3] [--store FOLDER]

The pictures lie in SSL_SHARED_DATA or ../shared/data. Prints the seconds of {supervised, fixmatch, mixmatch} at every
label count and seed, looking at the pictures included unless FOLDER has seen them: until the first run took a step,
until all were done, and what the workers had of the processor, with the load of the machine beside it.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from ssl_core.data import load
from ssl_core.features.kept import Shelf
from ssl_core.features.networks import marked
from ssl_core.features.views import views_of
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.progress import describe, finished
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import Run, Store
from ssl_core.train.config import configure
from ssl_core.train.fitting import view_policies
from tests.benchmarks.features import SETS, bring

MODEL = "efficientnet_lite0"
METHODS = ("supervised", "fixmatch", "mixmatch")


def processor(run: Run) -> float:
    """Seconds that a run's worker has had of the processor so far, 0.0 once it has ended."""
    try:
        fields = Path(f"/proc/{int((run.folder / 'pid').read_text())}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, ValueError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def missing(name: str) -> int:
    """Pictures that nobody has looked at yet, each view counted."""
    config = configure(name, "fixmatch", 10, 0, {"model": MODEL})
    shelf = Shelf(load(name), marked(MODEL), views_of(view_policies(config)))
    return sum(shelf.size(*block) for block in shelf.missing())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", default="clothing", choices=SETS)
    parser.add_argument("--labels", nargs="+", type=int, default=[10, 20, 40])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--store", default="/tmp/few-label-lab-experiment")
    args = parser.parse_args()
    store = Store(f"{args.store}/{time.strftime('%H%M%S')}")
    os.environ["SSL_STORE"] = str(store.root)
    (Path(args.store) / "_features").mkdir(parents=True, exist_ok=True)
    store.root.mkdir(parents=True, exist_ok=True)
    (store.root / "_features").symlink_to(Path(args.store) / "_features")
    name = bring(args.set, max(args.labels), 0)
    before, load_before = missing(name), os.getloadavg()[0]
    knobs = {method: {"model": MODEL} for method in METHODS}
    began, spent = time.monotonic(), {}
    runs = enqueue(store, Experiment(name, list(METHODS), args.labels, range(args.seeds), knobs, ceiling=False)).runs
    ensure_runner(store)
    first, rows = 0.0, []
    while not (rows and all(map(finished, rows))):
        time.sleep(0.25)
        rows = [describe(run) for run in store.runs()]
        spent |= {run.name: busy for run in runs if (busy := processor(run))}
        if not first and any(row["step"] for row in rows):
            first = time.monotonic() - began
        print(f"\r{sum(map(finished, rows))} of {len(rows)} runs ", end="", flush=True)
    states = {state: sum(row["state"] == state for row in rows) for state in {row["state"] for row in rows}}
    print(
        f"\r{len(rows)} runs on {args.set}, {before:,} pictures to look at before and {missing(name):,} after: first "
        f"step after {first:.0f} s, all after {time.monotonic() - began:.0f} s, processor {sum(spent.values()):.0f} s, "
        f"load {load_before:.1f} before and {os.getloadavg()[0]:.1f} after; {states}"
    )


if __name__ == "__main__":
    main()
