"""What few labels are worth on features of a network that has seen ImageNet: the table of the README.

python -m tests.benchmarks.features [--sets clothing cifar10] [--labels 10 20] [--seeds 5] [--methods supervised fixmatch]
                                    [--store FOLDER] [--speed] [--grid]

The pictures lie in SSL_SHARED_DATA or ../shared/data. Of the training pictures as many as the run may know keep their
label, the others become unknown; the test is the one that came with the set; nothing is chosen by it.
`logistic` is scikit-learn's logistic regression, a baseline that knows nothing of ours. --speed prints
pictures a second against the bare network in this process, --grid the time of {supervised, fixmatch, mixmatch} x
{10, 20, 40} x 3 seeds. The views are kept in --store, so that a second call does not look again.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import time
from pathlib import Path

import numpy as np
import torch

from ssl_core.data import kept, load, split
from ssl_core.data.brought import Brought, card_of
from ssl_core.data.card import UNKNOWN
from ssl_core.data.sheets import read
from ssl_core.features.embedded import Embedded
from ssl_core.features.networks import AT_ONCE, looker
from ssl_core.features.views import View, drawn
from ssl_core.images import FITS
from ssl_core.runs.looking import looked_at
from ssl_core.train.config import configure, strong_policy
from ssl_core.train.loop import train

HOUSE = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SSL_SHARED_DATA", HOUSE.parent / "shared" / "data"))
SETS = {"clothing": ("bench/clothing64", None), "cifar10": ("small/cifar10_lossless", 4000)}
CLASSES = tuple(f"class {n}" for n in range(10))


def bring(name: str, labels: int, seed: int) -> str:
    """Keep the set with `labels` known pictures, as somebody would bring it; returns its name."""
    path, most = SETS[name]
    images, truth = (part[:most] for part in read(DATA / path, "train"))
    known = np.full_like(truth, UNKNOWN)
    chosen = split(truth, labels, seed).labelled
    known[chosen] = truth[chosen]
    arrays = kept.Arrays(images, known, *read(DATA / path, "test"))
    brought = Brought(CLASSES, arrays, [], [], ([], []), ([], []), held=0, drawn=False, fit=FITS[0])
    card = card_of(f"upload:{list(SETS).index(name):x}{labels:04x}{seed:03x}", name, "", brought, flip=True)
    return kept.keep(dataclasses.replace(card, validation=0), arrays).name


def accuracy(data: str, method: str, labels: int, seed: int, model: str) -> tuple[float, float]:
    """Test accuracy of the last averaged weights, and the seconds of its steps."""
    config, rows = configure(data, method, labels, seed, {"model": model, "evaluations": 1}), []
    train(config, looked_at(config, load(data), say, lambda: False), rows.append)
    return rows[-1]["test_accuracy"], rows[-1]["seconds"]


def logistic(data: str, model: str) -> tuple[float, float]:
    """The same of scikit-learn's logistic regression."""
    config = configure(data, "supervised", load(data).card.known, 0, {"model": model, "scale": "length"})
    seen, began = looked_at(config, load(data), say, lambda: False), time.monotonic()
    guesses = logistic_guesses(seen, seen.test_images)
    return float((guesses == seen.test_labels.numpy()).mean()), time.monotonic() - began


def logistic_guesses(seen: Embedded, rows: torch.Tensor) -> np.ndarray:
    """What scikit-learn's logistic regression (C = 100) on the labelled pictures' features says of rows.

    Features are those of scale "length"; each row is brought to length 1.
    """
    from sklearn.linear_model import LogisticRegression

    known, unit = seen.labels != UNKNOWN, seen.images.shape[1] ** 0.5  # the length of a row
    fitted = LogisticRegression(C=100, max_iter=1000).fit((seen.images[known] / unit).numpy(), seen.labels[known])
    return fitted.predict((rows / unit).numpy())


def say(text: str, left: float | None) -> None:
    print(f"\r{text}, {left or 0:.0f} s left ", end="", flush=True)


def table(args: argparse.Namespace) -> None:
    for name in args.sets:
        for count in args.labels:
            scores: dict[str, list[tuple[float, float]]] = {method: [] for method in args.methods}
            for seed in range(args.seeds):
                data = bring(name, count, seed)
                for method in args.methods:
                    plain = method == "logistic"
                    scores[method].append(
                        logistic(data, args.model) if plain else accuracy(data, method, count, seed, args.model)
                    )
                kept.forget(data)
            for method, pairs in scores.items():
                each = [100 * score for score, _ in pairs]
                print(
                    f"\r{name:<9} {count:>4} labels  {method:<14} {statistics.mean(each):5.1f} %  "
                    f"(lowest {min(each):.1f}, of {len(each)} seeds)  {statistics.mean(s for _, s in pairs):5.1f} s a run",
                    flush=True,
                )


def speed(name: str) -> None:
    """Pictures a second of looking at strong views, drawing them included, and of the bare network, turn about."""
    torch.set_num_threads(os.cpu_count() or 1)
    data = bring(name, 10, 0)
    config, images = configure(data, "fixmatch", 10, 0, {"model": "efficientnet_lite0"}), load(data).images
    look, view = looker("efficientnet_lite0", torch.device("cpu")), View("strong", 0, strong_policy(config))
    side, spent = 112, {"network": 0.0, "looking": 0.0}
    bare = torch.rand(AT_ONCE, 3, side, side)
    look(bare)
    for first in range(0, 4 * AT_ONCE, AT_ONCE):
        for what in spent:
            began = time.process_time()
            look(bare if what == "network" else drawn(view, images[first : first + AT_ONCE], first))
            spent[what] += time.process_time() - began
    a_second = {what: 4 * AT_ONCE / seconds for what, seconds in spent.items()}
    print(
        f"pictures per processor second: network {a_second['network']:.0f}, with drawing and enlarging "
        f"{a_second['looking']:.0f}: {a_second['looking'] / a_second['network']:.2f}"
    )
    kept.forget(data)


def grid(name: str, model: str) -> None:
    """Seconds of nine settings with three seeds, one after another, and of the processor; looking included."""
    began, busy = time.monotonic(), time.process_time()
    for count in (10, 20, 40):
        for seed in range(3):
            data = bring(name, count, seed)
            for method in ("supervised", "fixmatch", "mixmatch"):
                accuracy(data, method, count, seed, model)
            kept.forget(data)
    print(f"\r27 runs on {name}: {time.monotonic() - began:.0f} s, processor {time.process_time() - busy:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--labels", nargs="+", type=int, default=[10, 20, 40, 250])
    parser.add_argument("--methods", nargs="+", default=["logistic", "supervised", "fixmatch", "mixmatch"])
    parser.add_argument("--model", default="efficientnet_lite0")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--store", default="/tmp/few-label-lab-features")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--grid", action="store_true")
    args = parser.parse_args()
    os.environ["SSL_STORE"] = args.store
    if args.speed:
        speed(args.sets[0])
    if args.grid:
        grid(args.sets[0], args.model)
    if not args.speed and not args.grid:
        table(args)


if __name__ == "__main__":
    main()
