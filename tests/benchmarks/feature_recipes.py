"""Search for the recipes on features: ssl_core/train/feature_recipes.json is written by this.

python -m tests.benchmarks.feature_recipes [--methods supervised fixmatch mixmatch] [--configs 8] [--store FOLDER] [--write]

Two photograph sets, 10 and 20 labels, seeds that no published figure of ours uses. Judged by the training pictures
without a label, whose truth these sets know and no run is shown; the test is never looked at. The supervised baseline
gets at least as many tries as any other method, and scikit-learn's logistic regression is judged beside it. The best by
the mean over sets and label counts wins; a change is written only if it beats what stands by more than one point.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
from pathlib import Path
from typing import Any

import torch

from ssl_core.data import kept, load
from ssl_core.data.card import UNKNOWN
from ssl_core.data.sheets import read
from ssl_core.features.embedded import Embedded
from ssl_core.runs.looking import looked_at
from ssl_core.train import recipes
from ssl_core.train.config import Config, configure
from ssl_core.train.evaluate import accuracy
from ssl_core.train.loop import steps
from ssl_core.train.meter import Diverged
from ssl_core.train.trainee import Trainee
from tests.benchmarks.features import DATA, SETS, bring, logistic_guesses, say

RECIPES = Path(recipes.__file__).with_name("feature_recipes.json")
LABELS, SEEDS = (10, 20), (100, 101, 102)
LOOP = {
    "lr": [0.0003, 0.001, 0.003, 0.01, 0.02],
    "weight_decay": [5e-4, 5e-3, 5e-2, 0.5],
    "dropout": [0.0, 0.3, 0.5],
    "scale": ["dimension", "length", "centred"],
    "labelled_as": ["views", "plain"],
    "steps": [200, 400],
}
SPACES: dict[str, dict[str, list[Any]]] = {
    "supervised": LOOP | {"optimizer": ["sgd", "adam"], "steps": [100, 200, 400]},
    "fixmatch": LOOP | {"threshold": [0.4, 0.5, 0.65, 0.8], "weight": [1.0, 3.0], "align": [True, False]},
    "mixmatch": LOOP | {"weight": [10.0, 25.0, 75.0], "ramp": [0.1, 0.2, 0.4], "align": [True, False]},
}


def tries(method: str, count: int) -> list[dict[str, Any]]:
    """What stands now, then `count` random changes of about half of it, the same on every machine."""
    standing = json.loads(RECIPES.read_text()).get(method, {}).get("knobs", {})
    chance, drawn = random.Random(method), [standing]
    while len(drawn) <= count:
        space = SPACES[method].items()
        drawn.append(standing | {name: chance.choice(some) for name, some in space if chance.random() < 0.5})
    return drawn


class Judge:
    """A set with some known labels; the truth of its other training pictures is kept from the runs."""

    def __init__(self, name: str, labels: int, seed: int) -> None:
        self.labels, self.seed, self.data = labels, seed, bring(name, labels, seed)
        path, most = SETS[name]
        self.truth = torch.from_numpy(read(DATA / path, "train")[1][:most])
        self.seen: dict[str, Embedded] = {}

    def rows(self, config: Config) -> Embedded:
        """The set as the network sees it, in the units that a run asks for."""
        scale = config.training.scale
        if scale not in self.seen:
            self.seen[scale] = looked_at(config, load(self.data), say, lambda: False)
        return self.seen[scale]

    def config(self, method: str, knobs: dict[str, Any]) -> Config:
        """A run of a method with these changes to its recipe."""
        values = knobs | {"model": "efficientnet_lite0", "evaluations": 1}
        return configure(self.data, method, self.labels, self.seed, values)

    def score(self, method: str, knobs: dict[str, Any]) -> float:
        """Accuracy on the pictures whose label the run did not know; 0 for a run that diverged."""
        config = self.config(method, knobs)
        seen = self.rows(config)
        trainee = Trainee(config, seen)
        try:
            for _ in steps(trainee):
                pass
        except Diverged:
            return 0.0
        hidden = seen.labels == UNKNOWN
        return accuracy(trainee.average.shadow, seen.images[hidden], self.truth[hidden])

    def logistic(self) -> float:
        """The same of logistic regression."""
        seen = self.rows(self.config("supervised", {"scale": "length"}))
        hidden = seen.labels == UNKNOWN
        return float((logistic_guesses(seen, seen.images[hidden]) == self.truth[hidden].numpy()).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--methods", nargs="+", default=list(SPACES), choices=SPACES)
    parser.add_argument("--configs", type=int, default=8)
    parser.add_argument("--store", default="/tmp/few-label-lab-features")
    parser.add_argument("--write", action="store_true", help=f"put winners into {RECIPES.name}")
    args = parser.parse_args()
    os.environ["SSL_STORE"] = args.store
    drawn = {method: tries(method, args.configs) for method in args.methods}
    scores: dict[tuple[str, int], list[float]] = {(m, n): [] for m, some in drawn.items() for n in range(len(some))}
    plain = []
    for setting in [(name, count, seed) for name in args.sets for count in LABELS for seed in SEEDS]:
        judge = Judge(*setting)
        plain.append(judge.logistic())
        for method, number in scores:
            scores[method, number].append(judge.score(method, drawn[method][number]))
        kept.forget(judge.data)
        print(f"\r{setting}: logistic {100 * plain[-1]:.1f} %, standing", end=" ")
        print({m: round(100 * scores[m, 0][-1], 1) for m in drawn}, flush=True)
    print(f"logistic regression {100 * statistics.mean(plain):.1f} % (lowest {100 * min(plain):.1f})")
    for method, some in drawn.items():
        conclude(
            method,
            [(statistics.mean(scores[method, n]), min(scores[method, n]), some[n]) for n in range(len(some))],
            args.write,
        )


def conclude(method: str, tried: list[tuple[float, float, dict[str, Any]]], write: bool) -> None:
    """Print every try as mean, lowest and knobs, and put the winner into the recipes' file if asked to."""
    for mean, lowest, knobs in tried:
        print(f"{method} {100 * mean:.1f} % (lowest {100 * lowest:.1f}) {json.dumps(knobs)}")
    before, best = tried[0], max(tried, key=lambda one: one[0])
    winner = best if best[0] > before[0] + 0.01 else before
    print(f"== {method}: {json.dumps(winner[2])}", flush=True)
    if write:
        judged = {"unlabelled": round(winner[0], 4), "before": round(before[0], 4)}
        known = json.loads(RECIPES.read_text()) | {method: {"knobs": winner[2], **judged}}
        RECIPES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
