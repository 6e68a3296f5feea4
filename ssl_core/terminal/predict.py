"""predict: a network's answers about pictures."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ssl_core.terminal.flags import new_file, store_flag
from ssl_core.terminal.streams import exact

HELP = "Ask a finished run's network about pictures, or about those of its data set that have no label."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("run", metavar="RUN", help="name or folder of a finished run, or a weights file")
    parser.add_argument("files", nargs="*", metavar="FILE", help="pictures, zips of pictures, or folders of any size")
    parser.add_argument("--unlabelled", action="store_true", help="the unlabelled pictures of the run's data set")
    parser.add_argument("--sorted", type=new_file, metavar="OUT.zip", help="write those that it is sure of by class")
    parser.add_argument("--sure", type=float, default=0.95, metavar="P", help="how sure, 0 to 1 (default 0.95)")
    parser.add_argument("--csv", action="store_true", help="print every class' probability as CSV")
    parser.add_argument("--as-seen", action="store_true", help="digits: do not cut the strokes out of their paper")
    parser.add_argument("--data", default="digits", help="of a weights file without a card (default digits)")
    parser.add_argument("--network", default="small_convnet", help="of a weights file without a card")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Print a table or CSV; 1 if a picture could not be read."""
    from ssl_core.runs.trained import data_of, named

    own = args.unlabelled or args.sorted
    if bool(args.files) == bool(own):
        raise ValueError("Name pictures or folders to predict, or say --unlabelled, and not both.")
    if own and (news := _look_again(data_of(args.store, args.run))):
        print(news, file=sys.stderr)
    classifier = named(args.store, args.run, args.data, args.network)
    if classifier.note:
        print(classifier.note, file=sys.stderr)
    if args.csv:
        exact()
    if own:
        return _own(args, classifier)
    from ssl_core.predict.terminal import report

    return report(classifier, args.files, args.csv, args.as_seen)


def _look_again(data: str) -> str:
    """Read a folder again that has changed; what happened, in one sentence, or nothing."""
    from ssl_core.data.catalog import find_card, prepare_local

    return prepare_local(data) if find_card(data) else ""


def _own(args: argparse.Namespace, classifier: Any) -> int:
    from ssl_core.data import load
    from ssl_core.predict.terminal import report_unlabelled, sort_out

    data = load(classifier.card.name)
    if args.sorted:
        told = sort_out(classifier, data, args.sorted, args.sure)
        words = ", ".join(f"{count:,} {name}" for name, count in told.counts.items())
        print(f"{args.sorted}: {words}; not sure enough of {told.unsure:,}.", file=sys.stderr)
    return report_unlabelled(classifier, data, args.csv) if args.unlabelled else 0
