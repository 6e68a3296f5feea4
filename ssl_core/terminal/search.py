"""search: knobs for the best validation accuracy."""

from __future__ import annotations

import argparse

from ssl_core.terminal.flags import (
    as_flag,
    begun,
    data_flag,
    json_flag,
    launcher_flags,
    launcher_of,
    method_flags,
    read_knobs,
    store_flag,
)
from ssl_core.terminal.interrupts import Interrupts

HELP = "Search knobs for the best validation accuracy; other knobs are flags."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands beside the knobs that stay as they are."""
    data_flag(parser)
    method_flags(parser)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="N", help="a trial is their mean")
    span = "lr, threshold=0.5:0.99 or mix=mixup|cutmix"
    parser.add_argument("--knob", nargs="+", default=[], metavar="NAME", help=span)
    parser.add_argument("--sampler", default="tpe", help="tpe, random or grid")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="trials, the default among them")
    parser.add_argument("--minutes", type=float, default=0.0, metavar="M", help="a budget in minutes instead")
    parser.add_argument("--points", type=int, default=5, metavar="N", help="values a knob, for a grid")
    parser.add_argument("--no-prune", action="store_true", help="train trials that fall behind to the end, too")
    launcher_flags(parser)
    store_flag(parser)
    as_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace, words: list[str]) -> int:
    """Begin or continue a search and drive it to its end."""
    from ssl_core.runs.store import Store
    from ssl_core.search.plan import Search
    from ssl_core.search.span import read_span, searchable
    from ssl_core.search.terminal import search_here
    from ssl_core.train.config import configure

    launcher = launcher_of(args)
    fixed = read_knobs(words, [args.method])[args.method]
    configure(args.data, args.method, args.labels, 0)  # says what is wrong with the names
    spans = dict(read_span(text, searchable(args.method)) for text in args.knob)
    budget = {"runs": args.runs, "minutes": args.minutes, "points": args.points, "prune": not args.no_prune}
    search = Search(
        args.data, args.method, args.labels, spans, tuple(args.seeds), fixed, sampler=args.sampler, **budget
    ).checked()
    store = Store(args.store)
    return search_here(store, search, Interrupts, args.json, lambda name: begun(store, name, args.nickname), launcher)
