"""The same things from a terminal.

    python -m ssl_core train --data digits --method fixmatch --labels 20 --seed 0 [--KNOB VALUE ...]
    python -m ssl_core train --resume RUN [--afresh]
    python -m ssl_core experiment --data digits --methods supervised fixmatch mixmatch --labels 10 20 --seeds 0 1 2
    python -m ssl_core experiment --variant fixmatch threshold=0.9 --variant fixmatch threshold=0.95 --labels 20
    python -m ssl_core ablate --method mixmatch --data digits --labels 20 --seeds 0 1 2 [--out assets/ablations.json]
    python -m ssl_core search --data digits --method fixmatch --labels 20 --knob threshold=0.5:0.99 weight=0.1:5
    python -m ssl_core generate --data digits --model vae [--labels N] [--KNOB VALUE ...] [--resume RUN]
    python -m ssl_core helps --data digits --labels 20 [--out assets/made.json]
    python -m ssl_core knobs --data digits --method fixmatch
    python -m ssl_core results [--data digits shapes] [--methods fixmatch ...] [--out assets/results.json]
    python -m ssl_core runs [--state done] [WORDS ...]
    python -m ssl_core export RUN > script.py
    python -m ssl_core export RUN --onnx network.onnx --safetensors weights.safetensors
    python -m ssl_core export RUN --pictures made.zip --each 50
    python -m ssl_core doctor --data digits --policy "equalize > rotate(0..30)"
    python -m ssl_core fetch --data cifar10
    python -m ssl_core predict RUN picture.png more.zip folder --csv
    python -m ssl_core labels order --data digits --order typical --count 20
    python -m ssl_core labels export labels.zip --form folders --data digits
    python -m ssl_core train --data labelled:digits --method fixmatch --labels 40
    python -m ssl_core predict RUN --unlabelled --csv --sorted sure.zip --sure 0.95

Runs are folders under --store (default runs/), the ones the app shows. Exit code 0 only if every run is done,
2 with one sentence on bad arguments. Ctrl-C stops cleanly, and says what goes on.
"""

from __future__ import annotations

from ssl_core.terminal.interrupts import STOPPED, answer_ctrl_c

if __name__ == "__main__":
    answer_ctrl_c()  # before anything that takes long to import

import argparse
import errno
import os
import sys
from pathlib import Path

from ssl_core.terminal import (
    ablate,
    doctor,
    experiment,
    export,
    fetch,
    generate,
    helps,
    knobs,
    labels,
    predict,
    results,
    runs,
    search,
    streams,
    train,
)
from ssl_core.terminal.flags import flip_of
from ssl_core.terminal.stores import check_store, reads

COMMANDS = {
    "train": train,
    "experiment": experiment,
    "ablate": ablate,
    "search": search,
    "generate": generate,
    "helps": helps,
    "knobs": knobs,
    "results": results,
    "runs": runs,
    "export": export,
    "doctor": doctor,
    "fetch": fetch,
    "predict": predict,
    "labels": labels,
}
TURNING_KNOBS = ("train", "experiment", "ablate", "search", "generate")  # any knob is a flag
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
        check_store(args)
        os.environ["SSL_STORE"] = str(args.store)
        if reads(args) and not Path(args.store).is_dir():
            return
    named = getattr(args, "data", [])
    if isinstance(named, str):
        named = args.data = labels.settle(named)
    names = [named] if isinstance(named, str) else named
    flip = flip_of(getattr(args, "flip", None), names) if names else None
    for name in names:
        if news := prepare_local(name, flip=flip):
            print(news, file=sys.stderr)


def _run(argv: list[str] | None) -> int:
    for word in sys.argv[1:] if argv is None else argv:
        if word.startswith("--") and word.endswith("=--"):  # which argparse takes for no value at all
            raise ValueError(f"{word!r} says no value.")
        if "\0" in word:
            raise ValueError(f"{word!r} holds a NUL, which no name and no value does.")
    args, words = _parser().parse_known_args(argv)
    _settle(args)
    if words and args.command not in TURNING_KNOBS:
        raise ValueError(f"{words[0]!r} is not understood here.")
    return COMMANDS[args.command].run(args, *([words] if args.command in TURNING_KNOBS else []))


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    with streams.settled():
        try:
            try:
                code = _run(argv)
            except SystemExit as helped:  # --help has been printed
                code = int(helped.code or 0)
            sys.stdout.flush()  # here, where a reader that left is caught, and not when the interpreter goes
            return code
        except ValueError as wrong:
            sentence, code = wrong, 2
        except BrokenPipeError:  # `... | head` has what it wanted
            return NOBODY_READS
        except streams.Unprinted as wrong:
            sentence, code = wrong, 1
        except OSError as wrong:
            sentence, code = _out_of_reach(wrong), 2
        except KeyboardInterrupt:
            sentence, code = "Stopped by Ctrl-C.", STOPPED
        print(streams.one_line(sentence), file=sys.stderr)
        return code


def _out_of_reach(wrong: OSError) -> str:
    """A file or folder that the system refuses, in one sentence."""
    if wrong.errno == errno.ENOSPC:
        return "The disk is full: make room and run the same command again."
    if not wrong.strerror:  # one of ours, which is a sentence already
        return str(wrong)
    what = f"{str(wrong.filename)!r} cannot be used: " if wrong.filename else "A file cannot be used: "
    return f"{what}{wrong.strerror.lower()}. Check its path and rights, or name another one."


if __name__ == "__main__":
    sys.exit(main())
