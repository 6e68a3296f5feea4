"""train: one run, in this process, or at an engine of other machines."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from typing import Any

from ssl_core.tasks import task_of
from ssl_core.terminal.elsewhere import LOOK, Elsewhere, elsewhere, follow
from ssl_core.terminal.flags import (
    as_flag,
    begun,
    data_flag,
    json_flag,
    method_flags,
    read_knobs,
    run_launcher_flags,
    store_flag,
)
from ssl_core.terminal.interrupts import Interrupts
from ssl_core.terminal.rows import print_rows, run_row

HELP = "Train one run; any knob of `knobs` is a flag, as in --threshold 0.8."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands beside the knobs."""
    data_flag(parser)
    method_flags(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--paper", action="store_true", help="start from the paper's knobs, not the short recipe's")
    parser.add_argument("--gpus", type=int, default=1, metavar="N", help="share every batch out to so many GPUs")
    parser.add_argument(
        "--resume", metavar="RUN", help="go on with a run that was stopped or lost; a finished one with --steps N"
    )
    parser.add_argument("--afresh", action="store_true", help="with --resume: delete its checkpoint and begin again")
    run_launcher_flags(parser)
    store_flag(parser)
    as_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace, words: list[str]) -> int:
    """Train to the end, with a bar on stderr."""
    if args.afresh and args.resume is None:
        raise ValueError("--afresh begins a run again: name it with --resume RUN.")
    there = elsewhere(args)
    wanted = resumed(args, words) if args.resume is not None else _new(args, words)
    return train_to_the_end(args, wanted, there, args.gpus)


def train_to_the_end(args: argparse.Namespace, wanted: Any, there: Elsewhere | None, gpus: int = 1) -> int:
    """Have a queued run trained by this process, several or an engine, a bar on stderr; print what became of it."""
    from tqdm import tqdm

    from ssl_core.people.owners import subject
    from ssl_core.runs.store import Store

    store = Store(args.store)
    begun(store, subject(wanted), args.nickname)
    task = task_of(wanted.config)
    steps = wanted.config.get("training", {}).get("steps")
    with Interrupts(wanted.stop, _go_on(args, wanted.name)), tqdm(total=steps, unit="step", file=sys.stderr) as bar:

        def watch(row: dict[str, Any]) -> None:
            bar.update(row["step"] - bar.n)
            bar.set_description_str(row.get("phase", ""))
            if row.get(task.measure) is not None:
                bar.set_postfix_str(f"{task.title.lower()} {task.words(row[task.measure])}")

        if there:
            follow(there, store, wanted, watch)
        elif gpus > 1:
            _work_in_several(wanted, gpus, watch)
        else:
            _work_here(wanted, watch)
    row = run_row(wanted)
    return print_rows(row, [row], args.json)


def _work_here(wanted: Any, watch: Any) -> None:
    from ssl_core.runs.worker import work  # with PyTorch, which an engine's run does not need here

    work(wanted.folder, watch)


def _work_in_several(wanted: Any, gpus: int, watch: Any) -> None:
    """The same by as many processes, which say what they have to say in the run's log; its record is watched."""
    from ssl_core.runs.process import start_python

    with open(wanted.folder / "log.txt", "ab") as log:
        process = start_python("ssl_core.runs.worker", wanted.folder, "--gpus", gpus, output=log)
    while True:
        over = process.poll() is not None
        for row in wanted.tail.read()[-1:]:
            watch(row)
        if over:
            return
        time.sleep(LOOK)


def _go_on(args: argparse.Namespace, name: str) -> str:
    """How a run is taken up again: the same words would begin another one."""
    words = ["python", "-m", "ssl_core", "train", "--resume", name]
    words += ["--store", args.store] if args.store != args.usual_store else []
    words += ["--launcher", args.launcher] if args.launcher else []
    return f"{shlex.join(words)} goes on"


def resumed(args: argparse.Namespace, words: list[str]) -> Any:
    """The run that --resume names, queued again, with --afresh from its first step; raises ValueError, one sentence."""
    from ssl_core.data.catalog import find_card, prepare_local
    from ssl_core.runs.again import set_back
    from ssl_core.runs.origin import check_same
    from ssl_core.runs.store import Store

    store = Store(args.store)
    resumed = store.run(args.resume)
    if resumed is None:
        raise ValueError(f"There is no run {args.resume!r} in {args.store}.")
    steps = _more_steps(words)
    prepare_local(str(resumed.config.get("data")))  # a folder that has changed is read again, and then it is another
    check_same(resumed.config, find_card(resumed.config.get("data")))
    _check_gpus(args, resumed.config)
    if args.afresh and steps:
        raise ValueError("--afresh begins a run again as it was: leave out --steps.")
    if args.afresh:
        set_back(store, resumed)
    elif steps:
        return _onward(store, resumed, steps)
    else:
        resumed.resume()
    return resumed


def _check_gpus(args: argparse.Namespace, config: dict[str, Any]) -> None:
    if getattr(args, "gpus", 1) != 1 and config:
        from ssl_core.runs.several import check_gpus

        check_gpus(config, args.gpus)


def _more_steps(words: list[str]) -> int:
    """What --steps says beside --resume, 0 where it says nothing; raises ValueError, one sentence, for other flags."""
    if not words:
        return 0
    flag, joined, text = words[0].partition("=")
    if flag != "--steps" or len(words) != (1 if joined else 2):
        raise ValueError("A resumed run keeps its knobs: leave out the other flags, but for --steps of a finished one.")
    text = text if joined else words[1]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(f"steps must be a whole number, not {text!r}.")
    return int(text)


def _onward(store: Any, finished: Any, steps: int) -> Any:
    """The run that goes on from a finished one, and on stderr what it will be."""
    from ssl_core.runs.onward import onward_words, queue_onward

    run = queue_onward(store, finished, steps)
    print(onward_words(finished.config, steps), file=sys.stderr)
    return run


def _new(args: argparse.Namespace, words: list[str]) -> Any:
    if args.afresh:
        raise ValueError("--afresh goes with --resume RUN: a new run begins afresh anyway.")
    from ssl_core.runs.made_check import check_maker
    from ssl_core.runs.origin import origin_of
    from ssl_core.runs.store import Store
    from ssl_core.train.config import all_knobs, configure

    values = read_knobs(words, [args.method])[args.method]
    if args.paper:
        values = {name: knob.default for name, knob in all_knobs(args.method).items()} | values
    config = configure(args.data, args.method, args.labels, args.seed, values)
    _check_gpus(args, config.to_dict())
    store = Store(args.store)
    store.check_room()
    wanted = config.to_dict()
    check_maker(store, wanted | origin_of(config.data))
    return store.add(wanted)
