"""experiment: every method with every label count and seed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ssl_core.terminal.flags import data_flag, json_flag, read_knobs, store_flag
from ssl_core.terminal.interrupts import Interrupts
from ssl_core.terminal.rows import print_rows, run_row
from ssl_core.worth import worth

HELP = "Train every method with every label count and seed; knobs go to all methods, --METHOD.KNOB to one."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands beside the knobs."""
    data_flag(parser)
    parser.add_argument("--methods", nargs="+", default=["supervised", "fixmatch", "mixmatch"])
    parser.add_argument("--labels", nargs="+", type=int, default=[10, 20, 40, 100], metavar="N")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="N")
    parser.add_argument("--ceiling", action="store_true", help="also train supervised with every label")
    store_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace, words: list[str]) -> int:
    """Queue what is missing, train it here, with a bar on stderr."""
    from tqdm import tqdm

    from ssl_core.launch.local import slots
    from ssl_core.runs.experiment import Experiment, enqueue
    from ssl_core.runs.progress import describe
    from ssl_core.runs.runner import Pool
    from ssl_core.runs.store import Store, stop

    knobs = read_knobs(words, args.methods)
    experiment = Experiment(args.data, args.methods, args.labels, args.seeds, knobs, args.ceiling)
    experiment.configs()  # say what is wrong before making a folder
    store = Store(args.store)
    runs: list[Any] = []
    with Interrupts(lambda: stop(runs)) as interrupts, tqdm(unit="step", file=sys.stderr) as bar:
        launched = enqueue(store, experiment)
        runs += launched.runs
        if interrupts.asked:  # while they were being queued
            stop(runs)
        bar.reset(sum(run.config.get("training", {}).get("steps", 0) for run in runs))
        pool = Pool(store, slots(), {run.name for run in runs})
        while pool.tick():
            seen = [describe(run) for run in runs]
            bar.update(sum(row["steps"] if row["state"] == "done" else row["step"] for row in seen) - bar.n)
            done = sum(row["state"] == "done" for row in seen)
            bar.set_description_str(pool.why or next((row["phase"] for row in seen if row["phase"]), ""))
            bar.set_postfix_str(f"{done} of {len(runs)} runs done")
            pool.wait(0.2)
        bar.update(sum(describe(run)["step"] for run in runs) - bar.n)
    rows = [run_row(run) for run in runs if run.config.get("role") != "ceiling"]
    result: dict[str, Any] = {"experiment": launched.id, "runs": rows}
    ceiling = [run_row(run) for run in runs if run.config.get("role") == "ceiling"]
    if ceiling:
        result["ceiling"] = ceiling[0]
    gains = worth([*rows, *ceiling])
    result["worth"] = [gain.plain() for gain in gains]
    for gain in gains:
        print(gain.sentence, file=sys.stderr if args.json else sys.stdout)
    return print_rows(result, [*rows, *ceiling], args.json)
