"""What one GPU does with the paper's network: steps and images a second, and how much of its matrix peak that is.

python -m tests.benchmarks.gpu [--data cifar10] [--methods fixmatch mixmatch] [--steps 200] [--no-compile]

Network, batch and optimizer are the paper's (WRN-28-2, B 64, for FixMatch mu 7), numbers bfloat16, memory format
channels_last. The peak is measured in the same run: the fastest of a few large bfloat16 matrix products. The
training itself is `python -m ssl_core train --paper`; README tells how.
"""

from __future__ import annotations

import argparse
import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from ssl_core.data import load
from ssl_core.train.config import all_knobs, configure
from ssl_core.train.trainee import Trainee


def peak(side: int = 8192, times: int = 20) -> float:
    """Floating point operations a second of a large bfloat16 matrix product, the best of three tries."""
    a, b = (torch.randn(side, side, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    best = 0.0
    for _ in range(3):
        torch.cuda.synchronize()
        began = time.perf_counter()
        for _ in range(times):
            a @ b
        torch.cuda.synchronize()
        best = max(best, 2 * side**3 * times / (time.perf_counter() - began))
    return best


def one(t: Trainee) -> None:
    """A whole step as the loop takes it."""
    batch, hidden, generator = t.draw()
    with t.precision():
        step = t.config.knobs.step(t.live, batch, t.state, generator)
        t.learn(batch, generator)
    t.optimize(step.loss, 0.03)
    t.meter.add(step, hidden)
    t.step += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="cifar10")
    parser.add_argument("--methods", nargs="+", default=["fixmatch", "mixmatch"])
    parser.add_argument("--labels", type=int, default=250)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--no-compile", action="store_true")
    args = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("This machine has no CUDA device: nothing was measured.")
    best = peak()
    print(f"{torch.cuda.get_device_name()}: {best / 1e12:.0f} TFLOP/s in bfloat16 matrix products")
    for method in args.methods:
        paper = {name: knob.default for name, knob in all_knobs(method).items()}
        config = configure(args.data, method, args.labels, 0, paper | {"compile": not args.no_compile})
        t = Trainee(config, load(args.data))
        with FlopCounterMode(display=False) as counted:
            batch, _, generator = t.draw()
            t.config.knobs.step(t.model, batch, t.state, generator).loss.backward()
        for _ in range(20):
            one(t)
        torch.cuda.synchronize()
        began = time.perf_counter()
        for _ in range(args.steps):
            one(t)
        t.meter.read(t.step)
        torch.cuda.synchronize()
        spent = (time.perf_counter() - began) / args.steps
        images = config.training.batch * (1 + config.knobs.ratio) / spent
        share = counted.get_total_flops() / spent / best
        print(f"{method}: {1 / spent:.1f} steps/s, {images:,.0f} images/s, {100 * share:.1f} % of the matrix peak")


if __name__ == "__main__":
    main()
