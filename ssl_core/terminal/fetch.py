"""fetch: a data set, read once and for all."""

from __future__ import annotations

import argparse

from ssl_core.terminal.flags import store_flag

HELP = "Download a public data set, or read its files or a folder, once and for all."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands. The data set is read here, not on the way in as with the other commands."""
    parser.add_argument("--data", dest="wanted", default="digits", help="data set (default digits)")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Prepare it, and say how many pictures there are."""
    from ssl_core.data import prepare

    card = prepare(args.wanted, download=True)
    print(f"{card.title}: {card.train:,} pictures to learn from and {card.test:,} for the test.")
    return 0
