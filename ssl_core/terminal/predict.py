"""predict: a network's answers about pictures."""

from __future__ import annotations

import argparse

from ssl_core.terminal.flags import store_flag

HELP = "Ask a finished run's network about pictures."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("run", metavar="RUN", help="name or folder of a finished run, or a weights file")
    parser.add_argument("files", nargs="+", metavar="FILE", help="pictures, or zips of pictures")
    parser.add_argument("--csv", action="store_true", help="print every class' probability as CSV")
    parser.add_argument("--as-seen", action="store_true", help="digits: do not cut the strokes out of their paper")
    parser.add_argument("--data", default="digits", help="of a weights file without a card (default digits)")
    parser.add_argument("--network", default="small_convnet", help="of a weights file without a card")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Print a table or CSV; 1 if a picture could not be read."""
    from ssl_core.predict.terminal import report
    from ssl_core.runs.trained import named

    text, code = report(named(args.store, args.run, args.data, args.network), args.files, args.csv, args.as_seen)
    print(text, end="")
    return code
