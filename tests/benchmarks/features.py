"""What few labels are worth on features of a network that has seen ImageNet: the table of the README.

python -m tests.benchmarks.features [--sets clothing cifar10] [--labels 10 20] [--seeds 5] [--methods supervised fixmatch]
                                    [--store FOLDER] [--speed] [--grid]

The pictures lie in SSL_SHARED_DATA or ../shared/data. Of the training pictures as many as the run may know keep their
label, the others become unknown; the test is the one that came with the set; nothing is chosen by it.
`logistic` is scikit-learn's logistic regression, a baseline that knows nothing of ours. --speed prints
pictures a second against the bare network in this process, the best of --seeds rounds, --grid the time of {supervised, fixmatch, mixmatch} x
{10, 20, 40} x 3 seeds. The views are kept in --store, so that a second call does not look again.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from ssl_core.data import Dataset, kept, load, split
from ssl_core.data.brought import Brought, card_of
from ssl_core.data.card import UNKNOWN
from ssl_core.data.sheets import read
from ssl_core.features.embedded import Embedded
from ssl_core.features.kept import Shelf
from ssl_core.features.networks import ON_A_CORE, looker, marked
from ssl_core.features.views import View, views_of
from ssl_core.images.reading import FITS
from ssl_core.models import MODELS
from ssl_core.runs.looking import Progress, look_at, looked_at, threads
from ssl_core.train.config import Config, configure
from ssl_core.train.fitting import view_policies
from ssl_core.train.loop import train
from ssl_core.train.memory import keep_freed_memory

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


def speed(name: str, model: str, rounds: int) -> None:
    """Pictures a second of looking as a run does it (drawing, enlarging and writing included), and of the bare network.

    Turn about, the best of all rounds: the bare network gets pictures of its own size, from as many threads as a run
    uses, and once more from one thread that divides each layer among the cores.
    """
    data = bring(name, 10, 0)
    config, images = configure(data, "fixmatch", 10, 0, {"model": model}), load(data).images[:512]
    cores, rates = (
        threads(torch.device("cpu")),
        {"looking": [0.0, 0.0], "network": [0.0, 0.0], "network, layers divided": [0.0, 0.0]},
    )
    keep_freed_memory()
    look, side = looker(model, torch.device("cpu")), MODELS[model](3, 2).side
    views = views_of(view_policies(config))
    few = dataclasses.replace(load(data), images=images, labels=load(data).labels[:512])
    for _ in range(rounds):
        for what in rates:
            began, busy = time.monotonic(), time.process_time()
            count = (
                looking_anew(config, few, views) if what == "looking" else bare(look, side, cores, what == "network")
            )
            spent = time.monotonic() - began, time.process_time() - busy
            rates[what] = [max(rate, count / seconds) for rate, seconds in zip(rates[what], spent, strict=True)]
    for place, unit in enumerate(("a second", "a processor second")):
        each = {what: rate[place] for what, rate in rates.items()}
        most = max(rate for what, rate in each.items() if what != "looking")
        text = ", ".join(f"{what} {rate:.0f}" for what, rate in each.items())
        print(f"pictures {unit}, best of {rounds}: {text}: looking is {each['looking'] / most:.2f} of the bare network")
    kept.forget(data)


def looking_anew(config: Config, data: Dataset, views: list[View]) -> int:
    """Look at these views of pictures that nobody has looked at; returns how many pictures and views of such."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"SSL_STORE": f"{folder}/runs"}):
        shelf = Shelf(data, marked(config.training.model), views)
        shelf.home.mkdir(parents=True)
        total = sum(shelf.size(*block) for block in shelf.blocks())
        look_at(shelf, config, Progress(total, 0, lambda text, left: None), lambda: False)
    return total


def bare(look: Callable[[torch.Tensor], torch.Tensor], side: int, cores: int, apart: bool) -> int:
    """Ask the network about 1,024 pictures of its own size that are there already; returns how many."""
    size = ON_A_CORE if apart else 64
    pictures = torch.rand(size, 3, side, side)
    with ThreadPoolExecutor(
        cores if apart else 1, initializer=torch.set_num_threads, initargs=(1 if apart else cores,)
    ) as pool:
        list(pool.map(lambda _: look(pictures), range(1024 // size)))
    return 1024 // size * size


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
        speed(args.sets[0], args.model, args.seeds)
    if args.grid:
        grid(args.sets[0], args.model)
    if not args.speed and not args.grid:
        table(args)


if __name__ == "__main__":
    main()
