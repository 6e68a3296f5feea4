"""export: a run as a script of its own."""

from __future__ import annotations

import argparse

from ssl_core.terminal.flags import store_flag

HELP = "Print a run as one script that needs no ssl_core."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("run", metavar="RUN")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Print the script on stdout."""
    from ssl_core.export.script import script
    from ssl_core.runs.store import Store

    chosen = Store(args.store).run(args.run)
    if chosen is None:
        raise ValueError(f"There is no run {args.run!r} in {args.store}.")
    print(script(chosen), end="")
    return 0
