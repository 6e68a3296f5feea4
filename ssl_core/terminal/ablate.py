"""ablate: a method taken apart, one knob at a time."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any

from ssl_core.terminal.flags import (
    as_flag,
    check_methods,
    data_flag,
    json_flag,
    launcher_flags,
    launcher_of,
    method_flags,
    new_file,
    read_knobs,
    store_flag,
)
from ssl_core.terminal.rows import print_rows, run_row
from ssl_core.terminal.train_here import train_here

HELP = "Take a method apart: train it with one knob changed at a time, beside what its paper reports."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands beside the knobs, which go to every variant."""
    data_flag(parser)
    method_flags(parser)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N")
    parser.add_argument("--out", type=new_file, help="a table of ablations to add this one to, which Methods shows")
    launcher_flags(parser)
    store_flag(parser)
    as_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace, words: list[str]) -> int:
    """Queue what is missing, train it here, and say what each change does; 0 only if every run is done."""
    from ssl_core.runs.ablate import accuracies, found, plan, read_table, write_table
    from ssl_core.runs.results import machine

    check_methods([args.method])
    ablation = found(args.method)
    knobs, launcher = read_knobs(words, [args.method])[args.method], launcher_of(args)
    planned = plan(args.method, args.data, args.labels, args.seeds, knobs)
    planned.experiment.configs()  # say what is wrong before making a folder
    if args.out:
        read_table(args.out)
    for sentence in planned.left_out:
        print(f"Left out, {sentence}", file=sys.stderr)
    ident, runs = train_here(args.store, planned.experiment, args.nickname, launcher)
    rows = [run_row(run) for run in runs]
    scores = accuracies(ablation, rows)
    result: dict[str, Any] = {"experiment": ident, "runs": rows, "accuracy": scores}
    result["words"] = _say(ablation, scores, sys.stderr if args.json else sys.stdout)
    code = print_rows(result, rows, args.json)
    if args.out and code == 0:
        entry = {"command": _command(args, words), "machine": machine(), "seeds": sorted(set(args.seeds))}
        entry["test"] = {name: [round(share, 4) for share in shares] for name, shares in scores.items()}
        write_table(args.out, args.method, args.data, args.labels, entry)
    return code


def _say(ablation: Any, scores: dict[str, list[float]], file: Any) -> str:
    """A line a variant, and the sentence; returned, too."""
    from ssl_core.effects import effects, sentences

    made = effects(scores, ablation.published, ablation.spread)
    for one in made:
        published = f"published {one.published:5.2f} %" if one.published is not None else ""
        print(f"{one.name:<26} error {one.error:5.1f} %  change {one.words:>12}  {published}", file=file)
    if any(one.published is not None for one in made):
        print(f"Published errors: {ablation.source}, {ablation.setting}.", file=file)
    said = sentences(made, ablation.spread)
    print(*said, sep="\n", file=file)
    return " ".join(said)


def _command(args: argparse.Namespace, words: list[str]) -> str:
    """The command that makes the same table, less where it lies."""
    parts = ["python", "-m", "ssl_core", "ablate", "--method", args.method, "--data", args.data]
    parts += ["--labels", str(args.labels), "--seeds", *map(str, args.seeds)]
    return shlex.join([*parts, *words])
