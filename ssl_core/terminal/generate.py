"""generate: let one maker of pictures learn, in this process, or at an engine of other machines."""

from __future__ import annotations

import argparse
from typing import Any

from ssl_core.maker_cards import MAKER_CARDS
from ssl_core.terminal.elsewhere import elsewhere
from ssl_core.terminal.flags import as_flag, data_flag, json_flag, read_words, run_launcher_flags, store_flag
from ssl_core.terminal.train import resumed, train_to_the_end

HELP = "Let a maker of pictures learn; any knob of its own is a flag, as in --latent 2."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands beside the knobs."""
    data_flag(parser)
    parser.add_argument("--model", default="vae", help=f"the maker: {', '.join(MAKER_CARDS)} (default vae)")
    parser.add_argument("--labels", type=int, metavar="N", help="learn from N labelled pictures alone (default all)")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or lost")
    parser.add_argument("--afresh", action="store_true", help="with --resume: delete its checkpoint and begin again")
    run_launcher_flags(parser)
    store_flag(parser)
    as_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace, words: list[str]) -> int:
    """Learn to the end, with a bar on stderr."""
    if args.afresh and args.resume is None:
        raise ValueError("--afresh begins a run again: name it with --resume RUN.")
    there = elsewhere(args)
    return train_to_the_end(args, resumed(args, words) if args.resume is not None else _new(args, words), there)


def _new(args: argparse.Namespace, words: list[str]) -> Any:
    from ssl_core.generate.config import all_knobs, configure
    from ssl_core.runs.store import Store

    values = read_words(words, {args.model: all_knobs(args.model)})[args.model]
    config = configure(args.data, args.model, args.labels, args.seed, values)
    store = Store(args.store)
    store.check_room()
    return store.add(config.to_dict())
