"""What the wall adds to training, in processor time: its looks, against the steps between them.

python -m tests.benchmarks.wall [--data digits shapes] [--methods ...]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import torch

from pages.parts.training.wall import wall_view
from ssl_core.data import load
from ssl_core.figures.replay import accuracy_frames
from ssl_core.runs.progress import describe
from ssl_core.runs.replay import past as runs_past
from ssl_core.runs.store import Store
from ssl_core.runs.wall_record import WallRecord
from ssl_core.runs.worker import work
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


def tick() -> str:
    """One line: what the Training page does each second for the wall and the bars of a run of a hundred moments."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        run = store.add(configure("digits", "flexmatch", 40, 0, {"steps": 120, "batch": 8}).to_dict())
        work(run.folder)
        row = describe(run) | {"state": "running"}
        with patch("pages.parts.training.wall.choose_one", lambda *a, **k: "wrong"):  # no address outside a page
            wall_view(run, row, False)
            seconds, whole = spent(lambda: wall_view(run, row, False), 50), spent(lambda: wall_view(run, row, True), 20)
        past = spent(lambda: accuracy_frames(runs_past([run] * 24, [describe(run)] * 24), None), 5)
    return (
        f"a tick of the page: {1000 * seconds:.1f} ms for wall and bars; once all is over, once: "
        f"{1000 * whole:.1f} ms for their past, {1000 * past:.0f} ms for the dots of 24 runs"
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
    print(tick())


if __name__ == "__main__":
    main()
