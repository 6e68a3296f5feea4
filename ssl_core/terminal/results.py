"""results: the table of results."""

from __future__ import annotations

import argparse
from pathlib import Path

from ssl_core.terminal.flags import check_methods, store_flag
from ssl_core.terminal.interrupts import Interrupts

HELP = "Make the table of results: every method, three seeds."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--methods", nargs="+", help="default: every method")
    parser.add_argument("--out", default="assets/results.json", help="the table, added to if it is there")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Train what is missing and write the table."""
    from ssl_core.methods import METHODS
    from ssl_core.runs.results import record
    from ssl_core.runs.store import Store, stop

    check_methods(args.methods or [])
    store = Store(args.store)

    with Interrupts(lambda: stop(store.runs())):
        record(store, Path(args.out), args.data, args.methods or list(METHODS))
    return 0
