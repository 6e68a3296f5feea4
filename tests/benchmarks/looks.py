"""Texture against shape on the snow pictures: what networks trained with and without another look go by.

python -m tests.benchmarks.looks [--labels 100] [--steps 500] [--data shapes_snow shapes_snow_50] [--strong "restyle(1)"]
"""

from __future__ import annotations

import argparse

import torch

from ssl_core.data import load
from ssl_core.predict.classifier import Classifier, calibrated
from ssl_core.predict.looks import looks
from ssl_core.predict.snow import study
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

SEEDS = range(3)
TRAINED = ("", "repaint_ground(1)", "restyle")  # as pages/snow.py


def learned(data: str, strong: str, labels: int, seed: int, steps: int) -> Classifier:
    """Train one network; an empty `strong` is the plain one."""
    method = "supervised_strong" if strong else "supervised"
    values = {"steps": steps, "evaluations": 1} | ({"strong": strong} if strong else {})
    config = configure(data, method, labels, seed, values)
    pictures, saved = load(data), []
    train(config, pictures, lambda row: None, save=saved.append)
    trainee = Trainee(config, pictures)
    trainee.load_state_dict(saved[-1])
    return calibrated(config, trainee.average.shadow, pictures, {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--data", nargs="+", default=["shapes_snow", "shapes_snow_50"])
    parser.add_argument("--strong", nargs="+", default=list(TRAINED))
    args = parser.parse_args()
    torch.set_num_threads(1)
    for data in args.data:
        pictures = load(data)
        for strong in args.strong:
            networks = [learned(data, strong, args.labels, seed, args.steps) for seed in SEEDS]
            measures = [looks(one, pictures)._asdict() | {"flipped": study(one, pictures).flipped} for one in networks]
            words = []
            for name in measures[0]:
                values = [100 * one[name] for one in measures]
                words.append(f"{name} {sum(values) / len(values):.0f} ({min(values):.0f}–{max(values):.0f})")
            print(f"{data:<15} {strong or 'as they are':<18} {'  '.join(words)}", flush=True)


if __name__ == "__main__":
    main()
