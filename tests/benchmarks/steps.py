"""Steps of ours and of the naive transcription, same network, batches and threads, in one run, beside the goals.

python -m tests.benchmarks.steps [--data digits shapes] [--methods fixmatch mixmatch] [--steps 30] [--model NAME]

Ours is timed twice: as the short recipe runs it, and in reference form, all views in one pass and in full precision,
which is the transcription's form as well. Shares of the peak are of one core's, measured here by multiplying matrices.
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
from torch.utils.flop_counter import FlopCounterMode

from ssl_core.data import load
from ssl_core.methods import METHODS
from ssl_core.runs.files import write_whole
from ssl_core.train.config import Config, all_knobs, configure
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.precision import native
from ssl_core.train.trainee import Trainee
from tests.benchmarks.naive import Naive

TIMES = Path(__file__).resolve().parents[2] / "ssl_core" / "runs" / "step_times.json"
PARTS = ("augment", "forward", "backward", "optimizer", "average")
REFERENCE = {"forward": "joint", "precision": "full"}
GOALS = {  # how many times as long the transcription shall take
    **{("digits", "fixmatch"): 5.0, ("digits", "mixmatch"): 3.5},
    **{("shapes", "fixmatch"): 3.5, ("shapes", "mixmatch"): 2.5},
}
GOAL_ELSE, GOAL_LARGE, GOAL_LARGE_NATIVE = (
    2.0,
    1.3,
    2.0,
)  # large: WRN-28-2, where bfloat16 is not native, and where it is
SIDE = 1024  # of the matrices that are multiplied for the peak


class Ours:
    """One of our runs, step by step, with the time of its parts."""

    def __init__(self, config: Config) -> None:
        self.trainee = Trainee(config, load(config.data))
        self.trainee.settle()
        self.spent = dict.fromkeys(PARTS, 0.0)
        self.trainee.optimizer.step = self._timed("optimizer", self.trainee.optimizer.step)
        for average in (self.trainee.average, self.trainee.companion_average):
            if average:
                average.update = self._timed("average", average.update)

    def _timed(self, part: str, what: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            began = time.process_time()
            what()
            self.spent[part] += time.process_time() - began

        return run

    def __call__(self) -> None:
        t, marks = self.trainee, [time.process_time()]
        batch, hidden, generator = t.draw()
        marks.append(time.process_time())
        with t.precision():
            step = t.config.knobs.step(t.model, batch, t.state, generator)
            t.learn(batch, generator)
        t.meter.add(step, hidden)
        marks.append(time.process_time())
        inside = self.spent["optimizer"] + self.spent["average"]
        t.optimize(step.loss, 0.01)
        inside = self.spent["optimizer"] + self.spent["average"] - inside
        self.spent["augment"] += marks[1] - marks[0]
        self.spent["forward"] += marks[2] - marks[1]
        self.spent["backward"] += time.process_time() - marks[2] - inside
        t.step += 1


def seconds(step, count: int) -> float:
    count = max(count, 3)
    for _ in range(3):
        step()
    began = time.process_time()
    for _ in range(count):
        step()
    return (time.process_time() - began) / count


def operations(ours: Ours) -> int:
    """Multiplications and additions of one step, those of what flows back included."""
    with FlopCounterMode(display=False) as counter:
        ours()
    return counter.get_total_flops()


def peak(bits: int) -> float:
    """Multiplications and additions a second that this core does at most: the best of many products of matrices."""
    a = torch.rand(SIDE, SIDE, dtype=torch.bfloat16 if bits == 16 else torch.float32)
    times = []
    for _ in range(12):
        began = time.process_time()
        a @ a
        times.append(time.process_time() - began)
    return 2 * SIDE**3 / min(times)


def goal_of(data: str, method: str, model: str | None) -> float:
    """How many times as long the transcription shall take."""
    if model:
        return GOAL_LARGE_NATIVE if native() else GOAL_LARGE
    return GOALS.get((data, method), GOAL_ELSE)


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
    print(f"one thread; {args.steps} steps each; seconds of the processor, so that what else runs matters little")
    peaks = {bits: peak(bits) for bits in (32, 16)}
    print(", ".join(f"{bits} bits: at most {each / 1e9:.0f} GFLOP/s" for bits, each in peaks.items()))
    for data in args.data:
        for method in args.methods:
            measured(data, method, args, peaks)


def measured(data: str, method: str, args: argparse.Namespace, peaks: dict[int, float]) -> None:
    """Print the line of one method, and write its time if asked to."""
    changes = {"model": args.model} if args.model else {}
    config = configure(data, method, 40, 0, changes)
    known = all_knobs(method)
    plain = configure(data, method, 40, 0, changes | {name: v for name, v in REFERENCE.items() if name in known})
    ours, reference, naive = Ours(config), Ours(plain), Naive(plain, load(data))
    mine, other, theirs = (
        seconds(step, count) for step, count in ((ours, args.steps), (reference, args.steps), (naive, args.steps // 2))
    )
    if args.write:
        write(data, method, mine)
    whole = sum(ours.spent.values())
    parts = ", ".join(f"{part} {100 * spent / whole:.0f} %" for part, spent in ours.spent.items())
    share, bits = operations(ours) / mine / peaks[ours.trainee.bits], ours.trainee.bits
    goal = goal_of(data, method, args.model)
    words = "met" if theirs / mine >= goal else "missed"
    print(
        f"{data:<7} {method:<20} {1000 * mine:6.1f} ms a step ({parts}; {bits} bits, {100 * share:.0f} % of the peak); "
        f"in reference form {1000 * other:6.1f} ms; naive {1000 * theirs:6.1f} ms: "
        f"{theirs / mine:.1f} times ours, {theirs / other:.1f} in reference form; goal {goal:g}: {words}",
        flush=True,
    )


if __name__ == "__main__":
    main()
