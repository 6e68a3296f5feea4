"""Flags that several commands share, and any knob as a flag."""

from __future__ import annotations

import argparse
import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssl_core.knobs import unknown
from ssl_core.lines import Line
from ssl_core.method_cards import CARDS

if TYPE_CHECKING:
    from ssl_core.runs.store import Store


def data_flag(parser: argparse.ArgumentParser) -> None:
    """--data NAME, and --flip for a folder."""
    parser.add_argument("--data", default="digits", help="data set (default digits)")
    flip_flag(parser)


def flip_flag(parser: argparse.ArgumentParser) -> None:
    """--flip true or false."""
    parser.add_argument(
        "--flip",
        choices=("true", "false"),
        help="whether pictures of a folder of your own keep their class when they are mirrored (default true)",
    )


def flip_of(text: str | None, names: list[str]) -> bool | None:
    """What --flip says, None where it says nothing; raises ValueError, one sentence, if these are no folders."""
    if text is not None and not all(name.startswith("folder:") for name in names):
        raise ValueError("--flip is for folders of your own: what a public set's mirrored pictures show is known.")
    return None if text is None else text == "true"


def store_flag(parser: argparse.ArgumentParser) -> None:
    """--store FOLDER."""
    usual = os.environ.get("SSL_STORE") or "runs"
    parser.add_argument("--store", default=usual, help="folder of runs (default runs/)")
    parser.set_defaults(usual_store=usual)


def launcher_flags(parser: argparse.ArgumentParser) -> None:
    """--launcher NAME, and what each of many runs gets of an engine."""
    run_launcher_flags(parser)
    for flag, name, words in (
        ("--at-once", "SSL_AT_ONCE", "jobs handed over at a time (default what it has room for)"),
        ("--runs-per-job", "SSL_RUNS_PER_JOB", "runs of a job, in turn: short ones share its start-up (default 1)"),
    ):
        parser.add_argument(flag, dest=name, metavar="N", help=words)


def run_launcher_flags(parser: argparse.ArgumentParser) -> None:
    """--launcher NAME, and what one run gets of an engine."""
    parser.add_argument(
        "--launcher", default="", metavar="NAME", help="local, ray or slurm (default SSL_LAUNCHER, local)"
    )
    for flag, name, words in (
        ("--run-cpus", "SSL_RUN_CPUS", "cores of a run there (default one a thread)"),
        ("--run-gpus", "SSL_RUN_GPUS", "GPUs of a run there, 0.5 for half of one (default one, where there are any)"),
    ):
        parser.add_argument(flag, dest=name, metavar="N", help=words)


def launcher_of(args: argparse.Namespace) -> str:
    """The launcher that these flags name, or the usual one; raises ValueError, one sentence."""
    from ssl_core.launch.choice import known, usual
    from ssl_core.launch.share import runs_per_job, share

    for name in ("SSL_RUN_CPUS", "SSL_RUN_GPUS", "SSL_AT_ONCE", "SSL_RUNS_PER_JOB"):
        if (value := getattr(args, name, None)) is not None:
            os.environ[name] = value
    share(), runs_per_job()  # say what is no number
    return known(args.launcher) if args.launcher else usual()


def new_file(text: str) -> Path:
    """The path of a file to write, for a flag; raises ArgumentTypeError for what can be none."""
    path = Path(text)
    if not path.name or "\0" in text or (path.exists() and not path.is_file()):  # a folder, a device, a pipe
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a file")
    return path


def as_flag(parser: argparse.ArgumentParser) -> None:
    """--as NICKNAME."""
    parser.add_argument("--as", dest="nickname", type=_nickname, metavar="NICKNAME", help="in a class: who began this")


def _nickname(text: str) -> str:
    from ssl_core.people.names import clean, trouble

    if why := trouble(text):
        raise argparse.ArgumentTypeError(why)
    return clean(text)


def begun(store: Store, what: str, nickname: str | None) -> None:
    """Write down that the person named by --as began this, too; nothing without a name."""
    from ssl_core.people.owners import own

    if nickname:
        own(store, what, nickname)


def json_flag(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object, last on stdout")


def method_flags(parser: argparse.ArgumentParser) -> None:
    """--method and --labels of a command about one method."""
    parser.add_argument("--method", default="fixmatch")
    parser.add_argument("--labels", type=int, default=20, metavar="N")


def check_methods(names: list[str]) -> None:
    """Raise ValueError, one sentence with the name that was meant, if one of these is no method."""
    for name in names:
        if name in CARDS:
            continue
        spellings = {_plain(text): key for key, card in CARDS.items() for text in (key, card.title)}
        if same := spellings.get(_plain(name)):
            raise ValueError(f"There is no method {name!r}: it is written {same}.")
        near = difflib.get_close_matches(_plain(name), spellings, n=1)
        hint = f"Did you mean {spellings[near[0]]}?" if near else f"Choose one of {', '.join(CARDS)}."
        raise ValueError(f"There is no method {name!r}. {hint}")


def _plain(text: str) -> str:
    """Letters and digits alone, small: FixMatch, fix-match and fix_match are one."""
    return "".join(character for character in text.lower() if character.isalnum())


def read_knobs(words: list[str], methods: list[str]) -> dict[str, dict[str, Any]]:
    """Flags argparse did not know, as checked knobs by method; raises ValueError, one sentence.

    --KNOB goes to every method that has it, --METHOD.KNOB to that one alone, whichever stands first.
    """
    check_methods(methods)
    from ssl_core.train.config import all_knobs

    return read_words(words, {method: all_knobs(method) for method in methods})


def read_words(words: list[str], tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same from the knobs of each method, or maker of pictures, by name."""
    shared: dict[str, dict[str, Any]] = {method: {} for method in tables}
    own: dict[str, dict[str, Any]] = {method: {} for method in tables}
    words = list(words)
    while words:
        flag = words.pop(0)
        if not flag.startswith("--"):
            raise ValueError(f"{flag!r} belongs to no flag.")
        name, joined, text = flag[2:].partition("=")
        if not joined:
            if not words:
                raise ValueError(f"--{name} needs a value.")
            text = words.pop(0)
        method, dot, name = name.replace("-", "_").rpartition(".")
        if dot and method not in tables:
            raise ValueError(f"--{method}.{name} names a method that is not trained here: {', '.join(tables)}.")
        values = _parsed(name, text, {method: tables[method]} if dot else tables)
        for taker, value in values.items():
            (own if dot else shared)[taker][name] = value
    return {method: shared[method] | own[method] for method in tables}


def _parsed(name: str, text: str, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The value for each method that has this knob."""
    having = [method for method, table in tables.items() if name in table]
    if not having:
        every = list(dict.fromkeys(knob for table in tables.values() for knob in table))
        raise unknown(name, every, " and ".join(Line(method).title for method in tables))
    values, refused = {}, {}
    for method in having:
        try:
            values[method] = tables[method][name].parse(name, text)
        except ValueError as wrong:
            refused[method] = str(wrong)
    if not refused:
        return values
    first = next(iter(refused))
    if not values:
        raise ValueError(refused[first])
    alone = " and ".join(f"--{method}.{name} {text}" for method in values)
    why = refused[first].rstrip(".")
    raise ValueError(f"{Line(first).title} does not take --{name} {text}: {why}. For the others write {alone}.")
