"""What the wall adds to training, in processor time: its looks, against the steps between them.

python -m tests.benchmarks.wall [--data digits shapes] [--methods ...]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path

import torch

from ssl_core.data import load
from ssl_core.runs.wall_record import WallRecord
from ssl_core.train.config import configure
from ssl_core.train.loop import steps
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.trainee import Trainee
from ssl_core.train.wall import Wall

METHODS = ("supervised", "pseudo_label", "mean_teacher", "mixmatch", "fixmatch", "flexmatch", "softmatch", "adamatch")


def spent(what, times: int) -> float:
    """Seconds of processor time a call."""
    began = time.process_time()
    for _ in range(times):
        what()
    return (time.process_time() - began) / times


def measure(data: str, method: str, count: int) -> str:
    """One line: a step, a look, and what the looks of a whole run add to it."""
    config = configure(data, method, 40, 0)
    trainee, taken = Trainee(config, load(data)), config.training.steps
    walk = steps(trainee)
    list(islice(walk, 3))
    step = spent(lambda: next(walk), count)
    with tempfile.TemporaryDirectory() as folder, WallRecord(Path(folder), load(data)) as record:
        trainee.step = 0
        record(trainee)  # the sheet, once
        look = spent(lambda: record(trainee), count)
        size = (Path(folder) / "wall.jsonl").stat().st_size / (count + 1)
    wall = Wall(trainee)
    looks = sum(
        1 for at in range(wall._every, taken + 1, wall._every) if at == taken or at % wall.between < wall._every
    )
    share = looks * look / (taken * step)
    return (
        f"{data:<7} {method:<14} step {1000 * step:6.2f} ms, look {1000 * look:5.2f} ms, {size:5.0f} bytes; "
        f"{looks:>3} looks in {taken:,} steps add {100 * share:.2f} %"
    )


def main() -> None:
    """A line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--steps", type=int, default=40)
    args = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    for data in args.data:
        for method in args.methods:
            print(measure(data, method, args.steps), flush=True)


if __name__ == "__main__":
    main()
