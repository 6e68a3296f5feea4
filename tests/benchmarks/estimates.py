"""How often the estimate without a test holds the truth, over simulated sittings with the Label page's own functions.

    python -m tests.benchmarks.estimates [--sets digits clothing] [--sessions 100] [--wrong 0 0.1] [--store FOLDER]

Each sitting is one person who labels through what the page calls (tests/pages/sitting.py), by one of the orders in turn,
to 20, 40, 60, 80 or 100 labels, and now and then takes a label back. The set's test is put aside; FixMatch's estimate by
cross-validation over the labels (ssl_core/label/estimate.py) is compared with its accuracy on that test. Printed is the
share of sittings in which anything was said, and of these the share whose 95 % interval holds the accuracy. Somebody
with `--wrong` 0.1 errs on one picture in ten; the test has the true classes all the same. What has been done is kept in
--store, so that a second call goes on.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import statistics
from pathlib import Path

import torch

from pages.parts.label.bench import Bench
from ssl_core.data import card
from ssl_core.data.card import UNKNOWN
from ssl_core.label.annotators import Annotator
from ssl_core.label.axes import places
from ssl_core.label.heads import fit
from ssl_core.label.journal import Journal
from ssl_core.label.pictures import Pictures
from ssl_core.label.session import Session
from ssl_core.label.teaching import Teacher, after
from ssl_core.runs.files import read_json, write_json
from tests.benchmarks.orders import TITLES, embedded
from tests.pages.sitting import sit

LABELS = (20, 40, 60, 80, 100)
ORDERS = ("random", "typical", "unmet", "mixture")


class Quiet(Teacher):
    """Learns at the end of a sitting only: between two clicks nobody waits here."""

    def wake(self) -> None:
        """Not now."""


def sitting(whole: Session, seed: int, wrong: float) -> dict:
    """What is said of FixMatch after one sitting, and the truth."""
    data = whole.data
    without = dataclasses.replace(data, test_images=data.test_images[:0], test_labels=data.test_labels[:0])
    who = f"person {seed} {wrong}"
    mine = dataclasses.replace(whole, data=without, hide=True, journal=Journal(f"sitting of {who}", data.card.classes))
    mine.journal.path.unlink(missing_ok=True)
    teacher, labels, order = Quiet(mine), LABELS[seed % len(LABELS)], ORDERS[seed // len(LABELS) % len(ORDERS)]
    person = Annotator(data.labels, len(data.card.classes), wrong, seed)
    sit(Bench(card("digits"), mine, teacher, who, order), person, labels, slips=0.05, seed=seed)
    acts = len(mine.journal.acts())
    teacher._learn(acts)
    now = after(mine, mine.journal.said())
    head = fit(now, now.labels, "fixmatch")
    said = teacher.curve(mine.journal.said())[-1].scores.get("fixmatch")
    return {"labels": labels, "order": order, "said": said, "true": head.accuracy(data.test_images, data.test_labels)}


def show(name: str, wrong: float, done: dict[str, dict]) -> None:
    """One line: how often something was said, how often it held, how far it was off on average."""
    spoke = [one for one in done.values() if one["said"]]
    if not spoke:
        return
    held = sum(one["said"][1] <= one["true"] <= one["said"][2] for one in spoke)
    off = statistics.mean(one["said"][0] - one["true"] for one in spoke)
    wide = statistics.mean(one["said"][2] - one["said"][1] for one in spoke)
    print(
        f"{name:<9} wrong {100 * wrong:.0f} %: said in {len(spoke)} of {len(done)} sittings; the interval (on average "
        f"{100 * wide:.0f} points wide) held the truth in {100 * held / len(spoke):.0f} %; "
        f"{100 * off:+.1f} points off on average"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=["digits", "clothing"], choices=TITLES)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--wrong", nargs="+", type=float, default=[0.0, 0.1])
    parser.add_argument("--store", default="/tmp/few-label-lab-features")
    args = parser.parse_args()
    os.environ["SSL_STORE"] = args.store
    logging.disable(logging.WARNING)  # Streamlit's, that there is no page
    torch.set_num_threads(1)
    out = Path(args.store) / "estimates.json"
    table = read_json(out) if out.exists() else {}
    for name in args.sets:
        data = embedded(name)
        assert bool((data.test_labels != UNKNOWN).all())
        numbers = [f"{row + 1:x}" for row in range(len(data.labels))]
        pictures = Pictures(numbers, numbers, {number: [row] for row, number in enumerate(numbers)})
        whole = Session(data, Journal(name, data.card.classes), pictures, places(data))
        for wrong in args.wrong:
            done = table.setdefault(f"{name} {wrong}", {})
            for seed in range(args.sessions):
                if str(seed) not in done:
                    done[str(seed)] = sitting(whole, seed, wrong)
                    write_json(out, table)
            show(name, wrong, done)


if __name__ == "__main__":
    main()
