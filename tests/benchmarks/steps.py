"""Steps a second of ours and of the naive transcription, same network, batches and threads, in one run.

python -m tests.benchmarks.steps [--data digits shapes] [--methods fixmatch mixmatch] [--steps 30] [--model NAME]
"""

from __future__ import annotations

import argparse
import time

import torch

from ssl_core.data import load
from ssl_core.methods import METHODS
from ssl_core.train.config import configure
from ssl_core.train.trainee import Trainee
from tests.benchmarks.naive import Naive


class Ours:
    """One of our runs, step by step, with the time of its parts."""

    def __init__(self, method: str, data: str, values: dict) -> None:
        self.trainee = Trainee(configure(data, method, 40, 0, values), load(data))
        self.spent = {"views": 0.0, "forward": 0.0, "backward, optimizer, average": 0.0}

    def __call__(self) -> None:
        t, marks = self.trainee, [time.perf_counter()]
        batch, hidden, generator = t.draw()
        marks.append(time.perf_counter())
        step = t.config.knobs.step(t.model, batch, t.state, generator)
        marks.append(time.perf_counter())
        t.optimize(step.loss, 0.01)
        marks.append(time.perf_counter())
        t.meter.add(step, hidden)
        t.step += 1
        for part, begin, end in zip(self.spent, marks, marks[1:], strict=False):
            self.spent[part] += end - begin


def seconds(step, count: int) -> float:
    for _ in range(3):
        step()
    began = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - began) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--model")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"one thread; {args.steps} steps each; images/s counts every picture that is trained on")
    for data in args.data:
        for method in args.methods:
            ours = Ours(method, data, {"model": args.model} if args.model else {})
            training, ratio = ours.trainee.config.training, ours.trainee.config.knobs.ratio
            mine = seconds(ours, args.steps)
            whole = sum(ours.spent.values())
            parts = ", ".join(f"{part} {100 * spent / whole:.0f} %" for part, spent in ours.spent.items())
            images = training.batch * (1 + ratio) / mine
            line = f"{data:<7} {method:<18} {1000 * mine:6.1f} ms a step, {images:7.0f} images/s ({parts})"
            if method in ("fixmatch", "mixmatch"):
                theirs = seconds(Naive(method, load(data), training.model, training.batch, ratio), args.steps)
                line += f"; naive {1000 * theirs:6.1f} ms: {theirs / mine:.1f} times as long"
            print(line, flush=True)


if __name__ == "__main__":
    main()
