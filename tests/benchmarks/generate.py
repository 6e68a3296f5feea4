"""How long until what a maker makes is recognised as asked: seconds to each share, for each maker and data set.

    python -m tests.benchmarks.generate [--makers vae dcgan] [--data digits shapes] [--seeds 0 1 2] [--steps N]
                                        [--store FOLDER]

One thread. The time is the learning's alone, on the clock and on the processor: neither imports nor judging are in it.
The network with every label judges 500 pictures, as many of each class; for sets other than digits and shapes it is the
finished run of --store with every label (python -m ssl_core train --data NAME --method supervised --labels ALL).
"""

from __future__ import annotations

import argparse
import os
import time

import torch

from ssl_core.data import load
from ssl_core.generate.config import all_knobs, configure
from ssl_core.generate.judge import covered, recognised, seen_as
from ssl_core.generate.loop import Workbench
from ssl_core.generate.makers import GENERATORS
from ssl_core.runs.every_label import every_label
from ssl_core.runs.store import Store
from ssl_core.train.chance import generator_at

SHARES = (0.5, 0.8, 0.9, 0.95)
MOMENTS = 30  # of a run, at which is judged
MADE = 500


def measure(maker: str, data_name: str, seed: int, steps: int | None, store: Store) -> None:
    """Print a line for a maker that is told the class."""
    data = load(data_name)
    network = every_label(store, data.card)
    if network is None:
        print(f"{maker:8} {data_name:14} nobody has learned every label of it in {store.root}")
        return
    changes = {"device": "cpu", "threads": 1} | ({"steps": steps} if steps else {})
    bench = Workbench(configure(data_name, maker, None, seed, changes), data)
    asked, total = torch.arange(MADE) % len(data.card.classes), bench.config.training.steps
    clock = cpu = share = 0.0
    reached: dict[float, str] = {}
    made = torch.empty(0)
    for k in range(total):
        began, spent = time.perf_counter(), time.process_time()
        bench.take()
        clock, cpu = clock + time.perf_counter() - began, cpu + time.process_time() - spent
        if (k + 1) % max(1, total // MOMENTS) == 0 or k + 1 == total:
            bench.losses = []
            made = bench.making.make(asked, generator_at(seed, 2**41))
            share = recognised(network, made, asked)
            for wanted in SHARES:
                if share >= wanted:
                    reached.setdefault(wanted, f"{clock:.1f} s ({cpu:.1f}), step {k + 1}")
    times = "; ".join(f"{100 * wanted:.0f} % after {reached.get(wanted, '–')}" for wanted in SHARES)
    classes = f"{covered(seen_as(network, made))} of {len(data.card.classes)} classes"
    print(
        f"{maker:8} {data_name:14} seed {seed}: {times}; at the end {100 * share:.1f} %, {classes}, {clock:.1f} s ({cpu:.1f})"
    )


def main() -> None:
    """Measure what the command asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked = [name for name in GENERATORS if "conditional" in all_knobs(name)]
    parser.add_argument("--makers", nargs="+", default=asked)
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--steps", type=int, help="of each run (default: the maker's recipe)")
    parser.add_argument("--store", default=os.environ.get("SSL_STORE") or "runs")
    args = parser.parse_args()
    os.environ["SSL_STORE"] = args.store
    torch.set_num_threads(1)
    print("seconds on the clock (of the processor)")
    for data in args.data:
        for maker in args.makers:
            for seed in args.seeds:
                measure(maker, data, seed, args.steps, Store(args.store))


if __name__ == "__main__":
    main()
