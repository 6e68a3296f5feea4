"""Search for the recipes on features: ssl_core/train/feature_recipes.json is written by this.

python -m tests.benchmarks.feature_recipes [--methods supervised fixmatch mixmatch] [--configs 8] [--store FOLDER] [--write]

Two photograph sets, 10 and 20 labels, seeds that no published figure of ours uses. Judged by the training pictures
without a label, whose truth these sets know and no run is shown; the test is never looked at. The supervised baseline
gets as many tries as any other method. The best by the mean over sets and label counts wins; a change is written only
if it beats what stands by more than one point.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from pathlib import Path
from typing import Any

import torch

from ssl_core.data import kept, load
from ssl_core.data.card import UNKNOWN
from ssl_core.data.sheets import read
from ssl_core.runs.looking import looked_at
from ssl_core.train import recipes
from ssl_core.train.config import configure
from ssl_core.train.evaluate import accuracy
from ssl_core.train.loop import steps
from ssl_core.train.meter import Diverged
from ssl_core.train.trainee import Trainee
from tests.benchmarks.features import DATA, SETS, bring, say

RECIPES = Path(recipes.__file__).with_name("feature_recipes.json")
LABELS, SEEDS = (10, 20), (100, 101, 102)
LOOP = {
    "lr": [0.001, 0.003, 0.005, 0.01, 0.02],
    "weight_decay": [5e-4, 5e-3, 5e-2],
    "dropout": [0.0, 0.3, 0.5],
    "scale": ["dimension", "length"],
    "steps": [200, 400],
}
SPACES: dict[str, dict[str, list[Any]]] = {
    "supervised": LOOP,
    "fixmatch": LOOP | {"threshold": [0.4, 0.5, 0.65, 0.8], "weight": [1.0, 3.0], "align": [True, False]},
    "mixmatch": LOOP | {"weight": [10.0, 25.0, 75.0], "ramp": [0.1, 0.2, 0.4], "align": [True, False]},
}


def tries(method: str, count: int) -> list[dict[str, Any]]:
    """What stands now, then `count` random changes of it, the same on every machine."""
    standing = json.loads(RECIPES.read_text()).get(method, {}).get("knobs", {})
    chance, drawn = random.Random(method), [standing]
    while len(drawn) <= count:
        drawn.append(standing | {name: chance.choice(some) for name, some in SPACES[method].items()})
    return drawn


def score(name: str, method: str, labels: int, seed: int, knobs: dict[str, Any]) -> float:
    """Accuracy on the training pictures whose label the run did not know; 0 for a run that diverged."""
    data = bring(name, labels, seed)
    try:
        config = configure(data, method, labels, seed, knobs | {"model": "efficientnet_lite0", "evaluations": 1})
        seen = looked_at(config, load(data), say, lambda: False)
        trainee = Trainee(config, seen)
        for _ in steps(trainee):
            pass
    except Diverged:
        return 0.0
    finally:
        kept.forget(data)
    path, most = SETS[name]
    truth, hidden = torch.from_numpy(read(DATA / path, "train")[1][:most]), seen.labels == UNKNOWN
    return accuracy(trainee.average.shadow, seen.images[hidden], truth[hidden])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--methods", nargs="+", default=list(SPACES), choices=SPACES)
    parser.add_argument("--configs", type=int, default=8)
    parser.add_argument("--store", default="/tmp/few-label-lab-features")
    parser.add_argument("--write", action="store_true", help=f"put winners into {RECIPES.name}")
    args = parser.parse_args()
    os.environ["SSL_STORE"] = args.store
    for method in args.methods:
        means = []
        for knobs in tries(method, args.configs):
            each = [score(name, method, n, seed, knobs) for name in args.sets for n in LABELS for seed in SEEDS]
            means.append((sum(each) / len(each), knobs))
            print(
                f"\r{method} {100 * means[-1][0]:.1f} % (lowest {100 * min(each):.1f}) {json.dumps(knobs)}", flush=True
            )
        best, before = max(means, key=lambda pair: pair[0]), means[0]
        winner = best if best[0] > before[0] + 0.01 else before
        print(f"== {method}: {json.dumps(winner[1])}", flush=True)
        if args.write:
            known = json.loads(RECIPES.read_text()) | {
                method: {"knobs": winner[1], "unlabelled": round(winner[0], 4), "before": round(before[0], 4)}
            }
            RECIPES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
