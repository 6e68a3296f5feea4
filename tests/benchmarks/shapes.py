"""How hard are the shapes? Accuracy over label counts for settings of the nuisances.

    python -m tests.benchmarks.shapes [--labels 40 250 1000] [--methods supervised] [--seeds 0] [--set noise=0.1 ...]

The defaults in ssl_core/data/shapes.py were chosen with it: 40 labels leave supervised learning far behind,
1,000 do not.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from ssl_core.data import CATALOG, Dataset
from ssl_core.data.shapes import Nuisance, make
from ssl_core.train.config import all_knobs, configure
from ssl_core.train.loop import train


def dataset(nuisance: Nuisance) -> Dataset:
    card = CATALOG["shapes"]
    parts = [*make(card.train, card.side, 0, nuisance), *make(card.test, card.side, 1, nuisance)]
    return Dataset(card, *(torch.from_numpy(part) for part in parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, nargs="+", default=[40, 250, 1000])
    parser.add_argument("--methods", nargs="+", default=["supervised"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--set", nargs="*", default=[], metavar="NUISANCE=VALUE")
    parser.add_argument("--knobs", nargs="*", default=[], metavar="KNOB=VALUE")
    args = parser.parse_args()
    changes = {name: float(value) for name, value in (pair.split("=") for pair in args.set)}
    knobs = [pair.split("=") for pair in args.knobs]
    began = time.process_time()
    data = dataset(Nuisance(**{k: int(v) if k == "clutter" else v for k, v in changes.items()}))
    print(f"{len(data.images) + len(data.test_images):,} pictures drawn in {time.process_time() - began:.1f} s")
    for method in args.methods:
        for labels in args.labels:
            rows, began = [], time.process_time()
            for seed in args.seeds:
                known = all_knobs(method)
                chosen = {name: known[name].parse(name, text) for name, text in knobs if name in known}
                config = configure("shapes", method, labels, seed, {"evaluations": 1} | chosen)
                mine: list[dict] = []
                train(config, data, mine.append)
                rows.append(100 * mine[-1]["test_accuracy"])
            seconds = (time.process_time() - began) / len(args.seeds)
            each = ", ".join(f"{row:.1f}" for row in rows)
            score = f"{np.mean(rows):5.1f} %  ({each})"
            print(f"{method:<18} {labels:>5} labels: {score}  {seconds:.1f} s a run", flush=True)


if __name__ == "__main__":
    main()
