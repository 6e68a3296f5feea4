"""What bends at many run folders: the same questions put to stores of 100, 1,000 and 10,000 runs.

    python -m tests.benchmarks.growth [COUNT ...] [--folder FOLDER]

Every store holds copies of a few runs that were really trained, under other names and seeds: twelve to an experiment,
and a search of a hundred trials among them. Prints processor milliseconds of this process, so that a busy machine
tells the same as an idle one; the files were just written, so that no disk is waited for. --folder is where the
stores are made, to measure another file system; the last 100 runs are the same in each, so that what is *shown* is
as much everywhere.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ssl_core.data.catalog import CATALOG
from ssl_core.runs.budget import fit
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.experiment_names import called
from ssl_core.runs.listing import Listing
from ssl_core.runs.pool import Pool
from ssl_core.runs.progress import ceiling_of, describe, experiments
from ssl_core.runs.queue import OpenRuns, ahead
from ssl_core.runs.store import Run, Store
from ssl_core.runs.worker import work
from ssl_core.search.plan import Search
from ssl_core.search.span import Span
from ssl_core.search.trials import trials_of
from ssl_core.train.config import configure

COUNTS = (100, 1_000, 10_000)
METHODS = ("supervised", "mixmatch", "fixmatch")
LABELS = (10, 20, 40, 100)
TRIALS, SEARCH = 100, "digits-fixmatch-40-0123abcd"
COPIED = ("metrics.jsonl", "end.json", "log.txt", "lock")  # what a worker leaves, minus weights and pictures


def trained(root: Path) -> list[Run]:
    """A few runs that came to their end."""
    store = Store(root)
    runs = [
        store.add(configure("digits", name, 20, 0, {"steps": 100, "evaluations": 20}).to_dict()) for name in METHODS
    ]
    for run in runs:
        work(run.folder)
        (run.folder / "log.txt").write_text("a worker began\n")
    return runs


def fill(root: Path, count: int, models: list[Run]) -> None:
    """So many finished runs; the files that are the same share their place on the disk."""
    root.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        model = models[number % len(models)]
        config, labels = dict(model.config), LABELS[number // len(models) % len(LABELS)]
        config |= {"seed": number, "labels": labels, "created": 1.7e9 + number}
        from_end = count - 1 - number
        if from_end < TRIALS:
            config |= {"search": SEARCH, "trial": TRIALS - 1 - from_end}
        else:
            config |= {"experiment": f"old-{number // 12}"}
        day, rest = divmod(number, 86_400)
        stamp = f"202601{day + 1:02d}-{rest // 3600:02d}{rest // 60 % 60:02d}{rest % 60:02d}000"
        folder = root / f"{stamp}-{config['method']}-{labels}-s{number}-0000"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(config))
        for name in COPIED:
            os.link(model.folder / name, folder / name)


def milliseconds(call: Callable[[], object], times: int = 1) -> float:
    """Processor time of a call, the median of so many."""
    seen = []
    for _ in range(times):
        began = time.process_time()
        call()
        seen.append(1000 * (time.process_time() - began))
    return statistics.median(seen)


def experiment(first_seed: int) -> Experiment:
    """Twelve runs that no store has."""
    return Experiment("digits", ["mixmatch", "fixmatch"], [10, 20], range(first_seed, first_seed + 3))


def measured(root: Path) -> Iterator[tuple[str, float]]:
    """What each question costs, by name; the store grows by a few runs."""
    fresh = Store(root)
    yield "a store is opened and asked for an experiment", milliseconds(lambda: fresh.of_experiment("old-0"))
    listing = Listing(fresh)
    yield "listing, first look", milliseconds(listing.rows)
    yield "listing, another look", milliseconds(listing.rows, 5)
    other = Listing(Store(root))
    yield "rows of the Runs page (the newest thousand), first", milliseconds(lambda: other.newest(1000))
    yield "rows of the Runs page, again (every three seconds)", milliseconds(lambda: other.newest(1000), 5)
    other = Store(root)
    yield "experiments by name, first", milliseconds(lambda: experiments(other))
    yield "experiments by name, again", milliseconds(lambda: experiments(other), 9)

    yield "what every experiment is called, first", milliseconds(lambda: called(other))
    yield "what every experiment is called, again (every list)", milliseconds(lambda: called(other), 9)

    plan = experiment(1_000_000)
    enqueue(fresh, plan)  # what follows has something to show
    yield (
        "launch of 12 runs: what is equal, what there is room for",
        milliseconds(lambda: enqueue(fresh, experiment(2_000_000))),
    )
    yield "time of a new experiment estimated", milliseconds(lambda: fit(fresh, experiment(3_000_000), None, 2), 5)

    def tick() -> None:
        rows = [describe(run) for run in fresh.of_experiment(plan.id)]
        ceiling_of(fresh, "digits", CATALOG["digits"].pool)
        ahead(fresh, [row["run"] for row in rows])

    tick()
    yield "live tick of a page, 12 runs", milliseconds(tick, 25)

    def added() -> None:
        time.sleep(0.06)  # past the grain of a folder's clock
        fresh.add(configure("digits", "supervised", 10, 1).to_dict())
        tick()

    yield "the same when somebody has added a run", milliseconds(added, 5)

    opened = OpenRuns(Store(root))
    yield "open runs, first look", milliseconds(opened)
    yield "open runs, another look (ten a second, in the runner)", milliseconds(opened, 25)

    def woken() -> None:
        opened.store.wake()
        opened()

    yield "open runs, after a wake (every live page, every click)", milliseconds(woken, 9)
    for run in opened():
        run.stop()
    pool = Pool(Store(root), 2)
    pool.tick()
    yield "a tick of the runner with nothing to do", milliseconds(pool.tick, 25)

    search = Search("digits", "fixmatch", 40, {"lr": Span(0.001, 0.1, log=True)})
    asking = Store(root)
    yield "search of 100 trials rebuilt, first", milliseconds(lambda: trials_of(asking, SEARCH, search))
    yield (
        "search of 100 trials rebuilt, again (twice a second)",
        milliseconds(lambda: trials_of(asking, SEARCH, search), 9),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, metavar="COUNT", help="runs of a store")
    parser.add_argument("--folder", type=Path, help="where the stores are made")
    args = parser.parse_args()
    counts = args.counts or COUNTS
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        models = trained(Path(folder) / "models")
        gc.freeze()  # as the app does: what has been imported is not looked through again and again
        table = {}
        for count in counts:
            root = Path(folder) / str(count)
            fill(root, count, models)
            table[count] = dict(measured(root))
    width = max(map(len, table[counts[0]]))
    print(f"{'processor milliseconds':<{width}} " + " ".join(f"{count:>10,}" for count in counts))
    for name in table[counts[0]]:
        print(f"{name:<{width}} " + " ".join(f"{table[count][name]:>10,.1f}" for count in counts))


if __name__ == "__main__":
    main()
