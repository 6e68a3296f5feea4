"""Steps a second of ours and of the naive transcription, same network, batches and threads, in one run.

python -m tests.benchmarks.steps [--data digits shapes] [--methods fixmatch mixmatch] [--steps 30] [--model NAME]

--write puts our times into ssl_core/runs/step_times.json, from which the app's estimates begin.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch

from ssl_core.data import load
from ssl_core.methods import METHODS
from ssl_core.runs.files import write_whole
from ssl_core.train.config import Config, configure
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.trainee import Trainee
from tests.benchmarks.naive import Naive

TIMES = Path(__file__).resolve().parents[2] / "ssl_core" / "runs" / "step_times.json"
PARTS = ("augment", "forward", "backward", "optimizer", "average")


class Ours:
    """One of our runs, step by step, with the time of its parts."""

    def __init__(self, config: Config) -> None:
        self.trainee = Trainee(config, load(config.data))
        self.spent = dict.fromkeys(PARTS, 0.0)
        self.trainee.optimizer.step = self._timed("optimizer", self.trainee.optimizer.step)
        self.trainee.average.update = self._timed("average", self.trainee.average.update)

    def _timed(self, part: str, what: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            began = time.perf_counter()
            what()
            self.spent[part] += time.perf_counter() - began

        return run

    def __call__(self) -> None:
        t, marks = self.trainee, [time.perf_counter()]
        batch, hidden, generator = t.draw()
        marks.append(time.perf_counter())
        step = t.config.knobs.step(t.model, batch, t.state, generator)
        t.learn(batch, generator)
        t.meter.add(step, hidden)
        marks.append(time.perf_counter())
        inside = self.spent["optimizer"] + self.spent["average"]
        t.optimize(step.loss, 0.01)
        inside = self.spent["optimizer"] + self.spent["average"] - inside
        self.spent["augment"] += marks[1] - marks[0]
        self.spent["forward"] += marks[2] - marks[1]
        self.spent["backward"] += time.perf_counter() - marks[2] - inside
        t.step += 1


def seconds(step, count: int) -> float:
    for _ in range(3):
        step()
    began = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - began) / count


def write(data: str, method: str, spent: float) -> None:
    """Put the seconds of a step into the table that is there."""
    table = json.loads(TIMES.read_text())
    table["seconds"].setdefault(data, {})[method] = round(spent, 4)
    table["machine"] = f"one core of {platform.machine()}, {platform.system()}"
    write_whole(TIMES, (json.dumps(table, indent=1) + "\n").encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--model")
    parser.add_argument("--write", action="store_true", help=f"into {TIMES.name}, what is not measured stays")
    args = parser.parse_args()
    if args.write and args.model:
        raise SystemExit("The table is of the network that a short run has: leave out --model.")
    torch.set_num_threads(1)
    keep_freed_memory()
    print(f"one thread; {args.steps} steps each; images/s counts every picture that is trained on")
    for data in args.data:
        for method in args.methods:
            config = configure(data, method, 40, 0, {"model": args.model} if args.model else {})
            ours, naive = Ours(config), Naive(config, load(data))
            mine, theirs = seconds(ours, args.steps), seconds(naive, max(3, args.steps // 2))
            whole = sum(ours.spent.values())
            parts = ", ".join(f"{part} {100 * spent / whole:.0f} %" for part, spent in ours.spent.items())
            if args.write:
                write(data, method, mine)
            images = config.training.batch * (1 + config.knobs.ratio) / mine
            print(
                f"{data:<7} {method:<20} {1000 * mine:6.1f} ms a step, {images:7.0f} images/s ({parts}); "
                f"naive {1000 * theirs:6.1f} ms: {theirs / mine:.1f} times as long",
                flush=True,
            )


if __name__ == "__main__":
    main()
