"""runs: the runs of a store."""

from __future__ import annotations

import argparse
import json

from ssl_core.intervals import with_interval
from ssl_core.tasks import task_of
from ssl_core.terminal.flags import json_flag, store_flag

HELP = "List the runs of a store, newest first, those of pinned experiments before."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument(
        "words",
        nargs="*",
        help="only runs that have these words in name, method, data, experiment, its tags, state or reason",
    )
    parser.add_argument("--state", nargs="+", default=[], help="only runs in these states")
    store_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace) -> int:
    """List; 0 whatever the states are, since this trains nothing."""
    from ssl_core.runs.experiment_names import named
    from ssl_core.runs.listing import Listing, choose
    from ssl_core.runs.store import STATES, Store

    for state in args.state:
        if state not in STATES:
            raise ValueError(f"There is no state {state!r}. Choose one of {', '.join(STATES)}.")
    store = Store(args.store)
    rows = choose(named(store, Listing(store).rows()), state=args.state, text=" ".join(args.words))
    for row in [] if args.json else rows:
        score = with_interval(task_of(row).words(row["value"]), row)
        print(
            f"{row['state']:<8} {row['method'] or '-':<18} {row['data'] or '-':<8} {row['labels'] or '-':>5} labels  "
            f"seed {'-' if row['seed'] is None else row['seed']}  {score:>7}  {row['run']} {row['why']}"
        )
    if args.json:
        print(json.dumps({"runs": rows}, allow_nan=False))
    return 0
