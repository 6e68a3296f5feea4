"""experiment: every method, and every variant of one, with every label count and seed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ssl_core.terminal.flags import as_flag, data_flag, json_flag, launcher_flags, launcher_of, read_knobs, store_flag
from ssl_core.terminal.rows import print_rows, run_row
from ssl_core.terminal.train_here import train_here
from ssl_core.worth import worth

METHODS = ("supervised", "fixmatch", "mixmatch")
HELP = "Train every method with every label count and seed; knobs go to all methods, --METHOD.KNOB to one."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands beside the knobs."""
    data_flag(parser)
    parser.add_argument("--methods", nargs="+", help=f"default: {' '.join(METHODS)}; none, if there are variants")
    parser.add_argument(
        "--variant",
        nargs="+",
        action="append",
        default=[],
        metavar=("METHOD", "KNOB=VALUE"),
        help="one more line: a method with knobs of its own, as in fixmatch threshold=0.8; name=WORDS names it",
    )
    parser.add_argument("--labels", nargs="+", type=int, default=[10, 20, 40, 100], metavar="N")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="N")
    parser.add_argument("--ceiling", action="store_true", help="also train supervised with every label")
    launcher_flags(parser)
    store_flag(parser)
    as_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace, words: list[str]) -> int:
    """Queue what is missing, train it here, with a bar on stderr."""
    from ssl_core.launch.local import Local

    launcher = launcher_of(args)
    if launcher == "local":
        Local().warm()  # the process that workers are forked from imports PyTorch while this one does
    from ssl_core.runs.experiment import Experiment
    from ssl_core.runs.variants import read_variant

    variants = [read_variant(one) for one in args.variant]
    usual = METHODS if not variants else []  # two variants alone are an experiment, too
    methods = args.methods if args.methods is not None else usual
    knobs = read_knobs(words, list(dict.fromkeys([*methods, *(one.method for one in variants)])))
    experiment = Experiment(args.data, methods, args.labels, args.seeds, knobs, args.ceiling, variants)
    experiment.configs()  # say what is wrong before making a folder
    ident, runs = train_here(args.store, experiment, args.nickname, launcher)
    rows = [run_row(run) for run in runs if run.config.get("role") != "ceiling"]
    result: dict[str, Any] = {"experiment": ident, "runs": rows}
    ceiling = [run_row(run) for run in runs if run.config.get("role") == "ceiling"]
    if ceiling:
        result["ceiling"] = ceiling[0]
    gains = worth([*rows, *ceiling])
    result["worth"] = [gain.plain() for gain in gains]
    for gain in gains:
        print(gain.sentence, file=sys.stderr if args.json else sys.stdout)
    return print_rows(result, [*rows, *ceiling], args.json)
