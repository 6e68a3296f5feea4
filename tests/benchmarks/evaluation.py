"""What a short run spends beside its steps, by processor time, beside the goal.

    python -m tests.benchmarks.evaluation [--data digits shapes] [--methods supervised fixmatch] [--whole]

Prints for every method what asking for accuracy takes of its recipe's run: a step and an evaluation are timed, and
counted as the recipe has them. --whole trains each run in its folder instead, as a worker does that was forked from a
process with everything loaded, and prints what its evaluations, its wall, its checkpoints, its data and its beginning took.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import ssl_core.runs.preload  # noqa: F401 - as the process that runs are forked from
from ssl_core.data import load
from ssl_core.methods import METHODS
from ssl_core.runs import worker
from ssl_core.runs.store import Store
from ssl_core.train import loop
from ssl_core.train.config import Config, configure
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.trainee import Trainee

GOAL = 5.0  # per cent of a run
TRIED = 15  # steps that are timed


def evaluations(config: Config) -> int:
    """How often a run asks, its beginning and its end included: loop.steps has the same two lines."""
    training = config.training
    every, between = max(1, training.steps // loop.ROWS), max(1, training.steps // training.evaluations)
    due = [step % every == 0 and step % between < every for step in range(1, training.steps)]
    return 2 + sum(due)


def share(data: str, method: str) -> None:
    """Print the line of one method."""
    config = configure(data, method, 40, 0)
    trainee, spent, count = Trainee(config, load(data)), {"steps": 0.0, "asking": 0.0}, evaluations(config)
    trainee.settle()

    def step() -> None:
        batch, hidden, generator = trainee.draw()
        with trainee.precision():
            taken = config.knobs.step(trainee.live, batch, trainee.state, generator)
            trainee.learn(batch, generator, taken)
        trainee.optimize(taken.loss, 0.01)
        trainee.meter.add(taken, hidden)
        trainee.step += 1

    for what, name, times in ((step, "steps", TRIED), (trainee.measure, "asking", 3)):
        what()
        began = time.process_time()
        for _ in range(times):
            what()
        spent[name] = (time.process_time() - began) / times
    steps, asking = config.training.steps * spent["steps"], count * spent["asking"]
    part = 100 * asking / (steps + asking)
    print(
        f"{data:<7} {method:<22} {config.training.steps:>5} steps of {1000 * spent['steps']:5.1f} ms, {count:>2} "
        f"evaluations of {1000 * spent['asking']:5.1f} ms: {part:4.1f} %; goal {GOAL:g}: "
        f"{'met' if part <= GOAL else 'missed'}",
        flush=True,
    )


def whole(data: str, method: str) -> None:
    """Print what became of the processor's time in one run in its folder."""
    spent = dict.fromkeys(("evaluations", "wall", "checkpoints", "data", "network"), 0.0)

    def timed(name: str, what: Callable[..., Any]) -> Callable[..., Any]:
        def run(*words: Any, **more: Any) -> Any:
            began = time.process_time()
            try:
                return what(*words, **more)
            finally:
                spent[name] += time.process_time() - began

        return run

    places = [
        (Trainee, "measure", "evaluations"),
        (Trainee, "__init__", "network"),
        (worker, "load", "data"),
        (worker, "_written", "checkpoints"),
        (worker, "write_whole", "checkpoints"),
        (worker.WallRecord, "__call__", "wall"),
    ]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    with tempfile.TemporaryDirectory() as folder:
        run = Store(folder).add(configure(data, method, 40, 0).to_dict() | {"experiment": "measured"})
        for owner, name, part in places:
            setattr(owner, name, timed(part, getattr(owner, name)))
        began = time.process_time()
        try:
            worker.work(Path(run.folder))
        finally:
            for owner, name, was in before:
                setattr(owner, name, was)
        all_of_it = time.process_time() - began
    rest = all_of_it - sum(spent.values())
    parts = ", ".join(f"{name} {100 * part / all_of_it:.1f} %" for name, part in spent.items())
    print(
        f"{data:<7} {method:<22} {all_of_it:6.2f} s of the processor: {parts}, steps and rows {100 * rest / all_of_it:.1f} %",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--whole", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    for data in args.data:
        for method in args.methods:
            (whole if args.whole else share)(data, method)


if __name__ == "__main__":
    main()
