"""helps: do made pictures help? Against plain training, strong augmentation, mixup and SMOTE, on equal steps."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any

from ssl_core.fillings import makers
from ssl_core.terminal.flags import as_flag, json_flag, launcher_flags, launcher_of, new_file, store_flag
from ssl_core.terminal.rows import print_rows, run_row
from ssl_core.terminal.train_here import train_here

HELP = "Do made pictures help? Train with and without them on the same labels, and say what that is worth."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--labels", nargs="+", type=int, default=[20, 40], metavar="N")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4], metavar="N")
    who = f"who makes the pictures: {', '.join(makers())} (default vae)"
    parser.add_argument("--makers", nargs="+", default=["vae"], choices=makers(), metavar="MAKER", help=who)
    parser.add_argument("--each", type=int, default=50, metavar="N", help="made pictures a class (default 50)")
    parser.add_argument("--out", type=new_file, help="a table to add this to, which the Generate page shows")
    launcher_flags(parser)
    store_flag(parser)
    as_flag(parser)
    json_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Queue what is missing, train it here, and say what it is worth; 0 only if every run is done."""
    from ssl_core.helps import rows_of
    from ssl_core.runs.helps import plan, read_table

    if args.out:
        read_table(args.out)  # says what is wrong with it before anything is trained
    rows, launcher = rows_of(args.makers), launcher_of(args)
    planned = [(data, n, plan(data, n, args.seeds, args.makers, args.each)) for data in args.data for n in args.labels]
    for *_, experiment in planned:
        experiment.configs()  # says what is wrong before making a folder
    results: list[dict[str, Any]] = []
    described: list[dict[str, Any]] = []
    for data, labels, experiment in planned:
        ident, runs = train_here(args.store, experiment, args.nickname, launcher)
        mine = [run_row(run) for run in runs]
        described += mine
        results.append(_result(args, rows, data, labels, mine) | {"experiment": ident})
        if any(row["state"] != "done" for row in mine):
            break  # stopped, or something is wrong: the same command goes on
    return print_rows({"results": results, "runs": described}, described, args.json)


def _result(args: argparse.Namespace, rows: Any, data: str, labels: int, mine: list[dict[str, Any]]) -> dict[str, Any]:
    """Say what came out, and put it into the table if it is whole."""
    from ssl_core.helps import sentences, table_rows
    from ssl_core.runs.helps import accuracies, write_table
    from ssl_core.runs.results import machine

    test, file = accuracies(mine, rows), sys.stderr if args.json else sys.stdout
    print(f"{data}, {labels} labels", file=file)
    for line in table_rows(test, rows):
        print("  ".join([f"{line['Beside the labelled pictures']:<34}", *list(line.values())[1:]]), file=file)
    said = sentences(test, rows)
    print(*said, sep="\n", file=file)
    if args.out and test and all(row["state"] == "done" for row in mine):
        entry = {"command": _command(args, data, labels), "machine": machine(), "each": args.each}
        entry |= {"makers": args.makers, "seeds": sorted(set(args.seeds))}
        entry["test"] = {name: [round(share, 4) for share in shares] for name, shares in test.items()}
        write_table(args.out, data, labels, entry)
    return {"data": data, "labels": labels, "accuracy": test, "words": " ".join(said)}


def _command(args: argparse.Namespace, data: str, labels: int) -> str:
    """The command that makes the same, less where it lies."""
    parts = ["python", "-m", "ssl_core", "helps", "--data", data, "--labels", str(labels)]
    parts += ["--seeds", *map(str, args.seeds), "--makers", *args.makers]
    return shlex.join(parts + (["--each", str(args.each)] if args.each != 50 else []))
