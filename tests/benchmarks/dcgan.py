"""How well DCGAN does in its short recipes, and that its collapse collapses.

python -m tests.benchmarks.dcgan                 digits, told the class and plain; shapes, told the class
python -m tests.benchmarks.dcgan collapse        writes tests/generate/dcgan_collapse.json
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch

from ssl_core.data import load
from ssl_core.generate.config import configure
from ssl_core.generate.dcgan_experiments import EXPERIMENTS, values
from ssl_core.generate.every_label import shipped
from ssl_core.generate.judge import Judgement, judge
from ssl_core.generate.loop import Workbench

RUNS = (("digits", True), ("digits", False), ("shapes", True), ("shapes", False))
COLLAPSE = Path(__file__).resolve().parents[1] / "generate" / "dcgan_collapse.json"
MOMENTS, STEPS = 6, 600


def judged(bench: Workbench) -> Judgement:
    """1,000 pictures of a making, judged by the network with every label."""
    data = load(bench.config.data)
    asked = torch.arange(1000) % len(data.card.classes)
    made, asked = bench.making.make(asked, bench.chance()), asked if bench.config.knobs.conditional else None
    learned = bench.making.material.images
    return judge(shipped(data.card), made, asked, learned, data.test_images, data.test_labels, bench.chance())


def recipe(name: str, conditional: bool, seconds: tuple[int, ...] = (10, 30, 60)) -> None:
    """One recipe, looked at after so many seconds of one processor and at its end."""
    bench = Workbench(configure(name, "dcgan", None, 0, {"conditional": conditional, "device": "cpu"}), load(name))
    spent, left = 0.0, list(seconds)
    while bench.step < bench.config.training.steps:
        began = time.process_time()
        bench.take()
        spent += time.process_time() - began
        if (left and spent >= left[0]) or bench.step == bench.config.training.steps:
            left = left[1:]
            seen = judged(bench)
            told = "plain" if seen.recognised is None else f"{100 * seen.recognised:.1f} % recognised as asked"
            print(f"{name}: step {bench.step}, {spent:.0f} s of one processor: {told}, {seen.covered} classes covered, "
                  f"Fréchet {seen.frechet:.2f} (real {seen.frechet_real:.2f}), diversity {100 * seen.varied:.0f} %, "
                  f"copies {100 * seen.memorised:.1f} %", flush=True)  # fmt: skip


def covered_by(name: str) -> list[int]:
    """Classes covered at six moments of the first 600 steps of an experiment on digits."""
    wanted = values(name, "digits") | {"conditional": False, "device": "cpu"}
    bench, seen = Workbench(configure("digits", "dcgan", None, 0, wanted), load("digits")), []
    for step in range(1, STEPS + 1):
        bench.take()
        if step % (STEPS // MOMENTS) == 0:
            seen.append(judged(bench).covered)
    return seen


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:] == ["collapse"]:
        names = ("ordinary", "collapse")
        record = {name: {"values": EXPERIMENTS[name].values, "covered": covered_by(name)} for name in names}
        COLLAPSE.write_text(json.dumps(record, indent=1) + "\n")
        print(record)
    else:
        for run in RUNS:
            recipe(*run)
