"""The same things from a terminal.

    python -m ssl_core train --data digits --method fixmatch --labels 20 --seed 0 [--KNOB VALUE ...]
    python -m ssl_core train --resume RUN
    python -m ssl_core experiment --data digits --methods supervised fixmatch mixmatch --labels 10 20 --seeds 0 1 2
    python -m ssl_core search --data digits --method fixmatch --labels 20 --knob threshold=0.5:0.99 weight=0.1:5
    python -m ssl_core knobs --data digits --method fixmatch
    python -m ssl_core results [--data digits shapes] [--methods fixmatch ...] [--out assets/results.json]
    python -m ssl_core runs [--state done] [WORDS ...]
    python -m ssl_core export RUN > script.py
    python -m ssl_core export RUN --onnx network.onnx --safetensors weights.safetensors
    python -m ssl_core doctor --data digits --policy "equalize > rotate(0..30)"
    python -m ssl_core fetch --data cifar10
    python -m ssl_core predict RUN picture.png more.zip folder --csv
    python -m ssl_core labels order --data digits --order typical --count 20
    python -m ssl_core labels export labels.zip --form folders --data digits
    python -m ssl_core train --data labelled:digits --method fixmatch --labels 40
    python -m ssl_core predict RUN --unlabelled --csv --sorted sure.zip --sure 0.95

Runs are folders under --store (default runs/), the ones the app shows. Exit code 0 only if every run is done,
2 with one sentence on bad arguments. Ctrl-C stops cleanly; the same command, or --resume, goes on.
"""

from __future__ import annotations

import argparse
import os
import sys

from ssl_core.terminal import doctor, experiment, export, fetch, knobs, labels, predict, results, runs, search, train
from ssl_core.terminal.flags import flip_of

COMMANDS = {
    "train": train,
    "experiment": experiment,
    "search": search,
    "knobs": knobs,
    "results": results,
    "runs": runs,
    "export": export,
    "doctor": doctor,
    "fetch": fetch,
    "predict": predict,
    "labels": labels,
}
TURNING_KNOBS = ("train", "experiment", "search")  # any knob is a flag
NOBODY_READS = 141  # what a shell says of a command whose reader left: 128 + SIGPIPE


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # argparse prints its usage first; one sentence is enough
        raise ValueError(f"{message[0].upper()}{message[1:].rstrip('.')}.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m ssl_core", description="Train with few labels. Every knob is a flag.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.flags(commands.add_parser(name, help=command.HELP, description=command.HELP, allow_abbrev=False))
    return parser


def _settle(args: argparse.Namespace) -> None:
    """Say which store data sets are kept in, and prepare those of --data whose files are here. Downloads nothing."""
    from ssl_core.data.catalog import prepare_local

    if "store" in args:
        os.environ["SSL_STORE"] = str(args.store)
    named = getattr(args, "data", [])
    if isinstance(named, str):
        named = args.data = labels.settle(named)
    names = [named] if isinstance(named, str) else named
    flip = flip_of(getattr(args, "flip", None), names) if names else None
    for name in names:
        if news := prepare_local(name, flip=flip):
            print(news, file=sys.stderr)


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        args, words = _parser().parse_known_args(argv)
        _settle(args)
        if words and args.command not in TURNING_KNOBS:
            raise ValueError(f"{words[0]!r} is not understood here.")
        code = COMMANDS[args.command].run(args, *([words] if args.command in TURNING_KNOBS else []))
        sys.stdout.flush()  # here, where a reader that left is caught, and not when the interpreter goes
        return code
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `... | head` has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS


if __name__ == "__main__":
    sys.exit(main())
