"""The snow lesson's figures: accuracy on the usual and the flipped ground, mean and range of three seeds.

python -m tests.benchmarks.snow [--labels 100] [--steps 500] [--data shapes_snow shapes_snow_80 shapes_snow_50]
"""

from __future__ import annotations

import argparse

import torch

from ssl_core.data import load
from ssl_core.predict.classifier import calibrated
from ssl_core.predict.snow import Study, study
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

SEEDS = range(3)
REPAINT = "repaint_ground(1)"  # as pages/snow.py


def learnt(data: str, method: str, labels: int, seed: int, steps: int) -> Study:
    """Train one network and study it."""
    strong = {"strong": REPAINT} if method == "supervised_strong" else {}
    config = configure(data, method, labels, seed, {"steps": steps, "evaluations": 1} | strong)
    pictures, saved = load(data), []
    train(config, pictures, lambda row: None, save=saved.append)
    trainee = Trainee(config, pictures)
    trainee.load_state_dict(saved[-1])
    return study(calibrated(config, trainee.average.shadow, pictures, {}), pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--data", nargs="+", default=["shapes_snow", "shapes_snow_80", "shapes_snow_50"])
    args = parser.parse_args()
    torch.set_num_threads(1)
    for data in args.data:
        for method in ("supervised", "supervised_strong"):
            told = [learnt(data, method, args.labels, seed, args.steps) for seed in SEEDS]
            words = []
            for name in ("usual", "flipped", "ground_decides", "figure_alone", "on_ground"):
                values = [100 * getattr(one, name) for one in told]
                words.append(f"{name} {sum(values) / len(values):.0f} ({min(values):.0f}–{max(values):.0f})")
            print(f"{data:<15} {method:<18} {'  '.join(words)}", flush=True)


if __name__ == "__main__":
    main()
