"""The playground's figures: accuracy on two moons with six labels, ten seeds a method, and the time to a film.

python -m tests.benchmarks.playground [--methods supervised fixmatch mixmatch] [--seeds 10] [--only accuracy time]

Accuracy is that of the averaged network on 1,000 new points; time is of one film, from the first number drawn to the
message a browser gets, in seconds of this process's processor and of the clock.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

import torch

from ssl_core.playground.film import film
from ssl_core.playground.message import film_message, points_message
from ssl_core.playground.play import KNOBS, LOOP, TRAINING, Play, playable


def accuracies(name: str, seeds: int) -> list[float]:
    """Of the same world, drawn anew with every seed."""
    return [film(replace(Play(), seed=seed), name).accuracy for seed in range(seeds)]


def times(name: str) -> tuple[float, float, int]:
    """Processor and clock seconds of one film, and the bytes of its message."""
    film(Play(), name)  # whatever is imported late
    processor, clock = time.process_time(), time.perf_counter()
    message = json.dumps([film_message(film(Play(), name)), points_message(Play())])
    return time.process_time() - processor, time.perf_counter() - clock, len(message)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--methods", nargs="+", default=["supervised", "mixmatch", "fixmatch"], choices=playable())
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", nargs="+", default=["accuracy", "time"], choices=["accuracy", "time"])
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{Play()}; {TRAINING['steps']} steps")
    for name in args.methods:
        print(f"{name}: knobs that are not the paper's {KNOBS.get(name, {})}, loop {LOOP.get(name, {})}")
        if "accuracy" in args.only:
            scores = accuracies(name, args.seeds)
            print(f"  accuracy: mean {100 * sum(scores) / len(scores):.1f} %, lowest {100 * min(scores):.1f} %, each "
                  + " ".join(f"{100 * score:.1f}" for score in scores), flush=True)  # fmt: skip
        if "time" in args.only:
            processor, clock, size = times(name)
            print(f"  one film: {processor:.2f} s of processor, {clock:.2f} s on the clock, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
