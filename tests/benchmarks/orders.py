"""Which order of asking is worth what: accuracy of FixMatch on kept features by order and number of labels.

python -m tests.benchmarks.orders [--sets clothing cifar10 digits] [--repeats 10] [--orders random typical ...]
                                  [--store FOLDER] [--out assets/orders.json] [--table]

Everything is simulated: whoever is asked says the truth. Pictures are asked about in rounds of ten (twenty from 40 labels
on); orders that want a network get the two of the Label page, taught between rounds. At 10, 20, 40 and 100 labels
FixMatch is trained with its recipe for features (400 steps) and tested on the set's own test, by which nothing is
chosen. `balanced` is no order: it draws equally many pictures of each class, for which one must know the truth. A
result is written as soon as it is there, and a second call goes on from what is written. --table only prints.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path

import torch
from torch import Tensor

from ssl_core.data import kept, load
from ssl_core.data.sheets import read
from ssl_core.features.embedded import Embedded
from ssl_core.label.axes import places
from ssl_core.label.heads import MODEL, fit
from ssl_core.label.measured import markdown
from ssl_core.label.orders import ORDERS
from ssl_core.label.simulated import BALANCED, spend
from ssl_core.runs.files import read_json, write_json
from ssl_core.runs.looking import looked_at
from ssl_core.train.config import configure
from tests.benchmarks.features import DATA, SETS, bring

BUDGETS = (10, 20, 40, 100)
ROUNDS = (10, 20, 30, 40, 60, 80, 100)  # labels after each round
TITLES = {
    "clothing": "Clothing photographs, 10 uneven classes",
    "cifar10": "CIFAR-10, 4,000 of its pictures",
    "digits": "Digits",
}


def embedded(name: str) -> Embedded:
    """A set as the network sees it, every view looked at, with the truth of its training rows."""
    if name == "digits":
        data, truth = "digits", load("digits").labels
    else:
        path, most = SETS[name]
        data, truth = bring(name, 10, 0), torch.from_numpy(read(DATA / path, "train")[1][:most])
    config = configure(data, "fixmatch", 10, 0, {"model": MODEL})
    seen = looked_at(config, load(data), lambda text, left: print(f"\r{text} ", end="", flush=True), lambda: False)
    if name != "digits":
        kept.forget(data)
    return dataclasses.replace(seen, labels=truth)


def session(data: Embedded, spots: Tensor, order: str, repeat: int) -> dict[str, tuple[float, int]]:
    """One budget spent: accuracy of FixMatch and number of classes met, by number of labels."""
    results = {}
    for total, spent in zip(ROUNDS, spend(data, spots, order, ROUNDS, seed=repeat), strict=True):
        if total in BUDGETS:
            head = fit(data, spent.labels, "fixmatch", seed=repeat, whole=True)
            results[str(total)] = (round(head.accuracy(data.test_images, data.test_labels), 4), len(head.met))
    return results


def measure(args: argparse.Namespace, table: dict) -> None:
    """All repeats of all orders on all sets that are not in the table yet, a repeat at a time."""
    sets = {name: embedded(name) for name in args.sets}
    spots = {name: places(data) for name, data in sets.items()}
    for repeat in range(args.repeats):
        for name, data in sets.items():
            about = {"title": TITLES[name], "train": len(data.labels), "test": len(data.test_labels), "orders": {}}
            rows = table["sets"].setdefault(name, about)["orders"]
            for order in args.orders:
                mine = rows.setdefault(order, {})
                if str(repeat) not in mine:
                    mine[str(repeat)] = session(data, spots[name], order, repeat)
                    write_json(args.out, table)
                    print(f"\rrepeat {repeat}  {name:<9} {order:<13} {mine[str(repeat)]}", flush=True)


def show(table: dict) -> None:
    """The README's tables: mean accuracy, lowest and highest, and what is gained over random draws."""
    for name, about in table["sets"].items():
        print(f"\n{about['title']}: {about['train']:,} pictures to label, {about['test']:,} to test\n")
        print(markdown(table, name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(TITLES), choices=TITLES)
    parser.add_argument("--orders", nargs="+", default=[BALANCED, *ORDERS], choices=[BALANCED, *ORDERS])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--store", default="/tmp/few-label-lab-features")
    parser.add_argument("--out", type=Path, default=Path("assets/orders.json"))
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    os.environ["SSL_STORE"] = args.store
    torch.set_num_threads(1)
    table = read_json(args.out) if args.out.exists() else {"sets": {}}
    facts = {"command": "python -m tests.benchmarks.orders", "model": MODEL, "method": "fixmatch"}
    table = facts | {"rounds": ROUNDS} | table
    if not args.table:
        measure(args, table)
    show(table)


if __name__ == "__main__":
    main()
