"""knobs: what can be set, and what it is set to."""

from __future__ import annotations

import argparse

from ssl_core.terminal.flags import check_methods, data_flag

HELP = "List the knobs of a method with their defaults."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    data_flag(parser)
    parser.add_argument("--method", default="fixmatch")
    parser.add_argument("--model", default="", help="network: one that has seen other pictures has values of its own")


def run(args: argparse.Namespace) -> int:
    """Print a knob in two lines."""
    from ssl_core.data import card
    from ssl_core.train.config import all_knobs, defaults

    check_methods([args.method])
    card(args.data)  # says what is wrong with the name
    table = all_knobs(args.method)
    if args.model:
        table["model"].check("model", args.model)
    values = defaults(args.data, args.method, args.model) | ({"model": args.model} if args.model else {})
    for name, knob in table.items():
        span = "a pipeline" if knob.free else "|".join(knob.choices) or "true|false"
        if knob.kind in (int, float):
            span = f"{knob.low:g}..{knob.high:g}"
        paper = "" if values[name] == knob.default else f" (paper: {knob.default})"
        print(f"--{name} {values[name]}{paper}\n    {knob.help} [{span}; {knob.source}]")
    return 0
