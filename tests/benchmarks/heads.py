"""Seconds of fitting both lines of the Label page, and how near they come to the whole recipe.

python -m tests.benchmarks.heads [--pictures 3000] [--width 1280] [--labels 20 100] [--times 5]

3,000 rows of 1,280 numbers with two weak and three strong views each, drawn about ten centres, on one thread: what
counts is the time, on one processor core, of teaching both lines (`ssl_core/label/heads.py`), as wall clock and as
processor time; beside them the accuracy on the rows without a label, with the quick recipe and with the whole one.
"""

from __future__ import annotations

import argparse
import time

import torch

from ssl_core.data import Card
from ssl_core.data.card import UNKNOWN
from ssl_core.features.embedded import Embedded
from ssl_core.label.heads import HEADS, fit
from ssl_core.models.pretrained import Standard

CLASSES = 10


def rows(pictures: int, width: int) -> tuple[Embedded, torch.Tensor]:
    """Features about ten centres, each view a little elsewhere, and the truth."""
    generator = torch.Generator().manual_seed(0)
    truth = torch.randint(0, CLASSES, (pictures,), generator=generator)
    seen = 0.35 * torch.randn(CLASSES, width, generator=generator)[truth]
    seen += torch.randn(pictures, width, generator=generator)
    views = {
        name: torch.stack(
            [(seen + size * torch.randn(pictures, width, generator=generator)).half() for _ in range(copies)]
        )
        for name, copies, size in (("weak", 3, 0.2), ("strong", 3, 0.6))
    }
    card = Card(
        "digits", "rows", "", tuple(map(str, range(CLASSES))), width, 1, pictures, 0, 0, (), 1, "", "", pictures=False
    )
    units = Standard(width).measure(seen, "dimension")
    none = seen[:0]
    return Embedded(card, units(seen), truth, none, truth[:0], units, views), truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=3000)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--labels", nargs="+", type=int, default=[20, 100])
    parser.add_argument("--times", type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    data, truth = rows(args.pictures, args.width)
    first = torch.full_like(truth, UNKNOWN)
    first[:20] = truth[:20]
    fit(data, first, "fixmatch")  # the first optimizer of a process costs seconds of imports
    for count in args.labels:
        labels = torch.full_like(truth, UNKNOWN)
        labels[:count] = truth[:count]
        walls, busy, right = [], [], {}
        for seed in range(args.times):
            began, spent = time.monotonic(), time.process_time()
            heads = [fit(data, labels, method, seed=seed) for method in HEADS]
            walls.append(time.monotonic() - began)
            busy.append(time.process_time() - spent)
        for method, head in zip(HEADS, heads, strict=True):
            whole = fit(data, labels, method, whole=True)
            right[method] = [100 * h.accuracy(data.images[count:], truth[count:]) for h in (head, whole)]
        print(
            f"{args.pictures:,} × {args.width:,}, {count} labels: both lines in {min(walls):.2f} s "
            f"(processor {min(busy):.2f} s, best of {args.times}); "
            + "; ".join(f"{m} {a:.1f} %, whole recipe {b:.1f} %" for m, (a, b) in right.items())
        )


if __name__ == "__main__":
    main()
