"""Texture against shape on the snow pictures: what networks trained with and without another look go by.

python -m tests.benchmarks.looks [--labels 100] [--steps 500] [--data shapes_snow shapes_snow_50] [--strong "restyle(1)"]
    [--out assets/looks.json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from ssl_core.data import load
from ssl_core.predict.classifier import Classifier, calibrated
from ssl_core.predict.looks import looks
from ssl_core.predict.snow import study
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

SEEDS = range(3)
TRAINED = ("", "repaint_ground(1)", "restyle(1)")  # as pages/snow.py


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
    parser.add_argument("--out", type=Path, help="write every measure there, as the page Snow reads it")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for data in args.data:
        pictures = load(data)
        for strong in args.strong:
            networks = [learned(data, strong, args.labels, seed, args.steps) for seed in SEEDS]
            each = [looks(one, pictures)._asdict() | {"flipped": study(one, pictures).flipped} for one in networks]
            measured = {name: [round(one[name], 4) for one in each] for name in each[0]}
            rows.append({"data": data, "strong": strong, "labels": args.labels, "steps": args.steps} | measured)
            words = [
                f"{name} {100 * sum(values) / len(values):.0f} ({100 * min(values):.0f}–{100 * max(values):.0f})"
                for name, values in measured.items()
            ]
            print(f"{data:<15} {strong or 'as they are':<18} {'  '.join(words)}", flush=True)
    if args.out:
        lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
        args.out.write_text(f'{{\n "command": "python -m tests.benchmarks.looks",\n "rows": [\n{lines}\n ]\n}}\n')


if __name__ == "__main__":
    main()
