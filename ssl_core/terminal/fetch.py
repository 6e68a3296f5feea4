"""fetch: a data set, read once and for all."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from ssl_core.terminal.flags import flip_flag, flip_of, json_flag, store_flag

if TYPE_CHECKING:
    from ssl_core.data import Card

HELP = "Download a public data set, or read its files or a folder, once and for all."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands. The data set is read here, not on the way in as with the other commands."""
    parser.add_argument("--data", dest="wanted", default="digits", help="data set (default digits)")
    flip_flag(parser)
    parser.add_argument("--extra", action="store_true", help="download the optional part too (svhn: 1.3 GB)")
    json_flag(parser)
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Prepare it, and say how many pictures there are and what was passed over."""
    from ssl_core.data import prepare
    from ssl_core.data.catalog import left_out

    flip = flip_of(args.flip, [args.wanted])
    if args.extra:
        from ssl_core.data.official import fetch_extra

        fetch_extra(args.wanted)
    card = prepare(args.wanted, download=True, flip=flip)
    told = understood(card, left_out(card.name))
    out = sys.stderr if args.json else sys.stdout
    print(
        f"{card.title}: {told['labelled']:,} pictures to learn from, {told['unlabelled']:,} without a label, "
        f"{told['validation']:,} brought for validation, {told['test']:,} for the test.",
        file=out,
    )
    for row in told["left_out"]:
        print(f"Passed over: {row['count']:,} {row['what']} ({row['why']}).", file=out)
    if args.json:
        print(json.dumps(told))
    return 0


def understood(card: Card, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What was understood of a data set; `labelled` are training pictures without a validation that was brought."""
    validation = card.validation if card.held else 0
    return {
        "name": card.name,
        "classes": [*card.classes],
        "labelled": card.train - card.unknown - validation,
        "unlabelled": card.unknown,
        "validation": validation,
        "test": card.test,
        "left_out": rows,
    }
