"""The same things from a terminal.

    python -m ssl_core train --data digits --method fixmatch --labels 20 --seed 0 [--KNOB VALUE ...]
    python -m ssl_core train --resume RUN
    python -m ssl_core experiment --data digits --methods supervised fixmatch mixmatch --labels 10 20 --seeds 0 1 2
    python -m ssl_core search --data digits --method fixmatch --labels 20 --knob threshold=0.5:0.99 weight=0.1:5
    python -m ssl_core knobs --data digits --method fixmatch
    python -m ssl_core results [--data digits shapes] [--methods fixmatch ...] [--out assets/results.json]
    python -m ssl_core runs [--state done] [WORDS ...]
    python -m ssl_core export RUN > script.py
    python -m ssl_core doctor --data digits --policy "equalize > rotate(0..30)"
    python -m ssl_core fetch --data cifar10
    python -m ssl_core predict RUN picture.png more.zip --csv

Runs are folders under --store (default runs/), the ones the app shows. Exit code 0 only if every run is done,
2 with one sentence on bad arguments. Ctrl-C stops cleanly; the same command, or --resume, goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import Any


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # argparse prints its usage first; one sentence is enough
        raise ValueError(f"{message[0].upper()}{message[1:].rstrip('.')}.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m ssl_core", description="Train with few labels. Every knob is a flag.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        made.add_argument("--data", default="digits", help="data set (default digits)")
        return made

    def stored(made: argparse.ArgumentParser) -> None:
        made.add_argument("--store", default=os.environ.get("SSL_STORE", "runs"), help="folder of runs (default runs/)")
        made.add_argument("--json", action="store_true", help="print the result as one JSON object, last on stdout")

    train = command("train", "Train one run; any knob of `knobs` is a flag, as in --threshold 0.8.")
    train.add_argument("--method", default="fixmatch")
    train.add_argument("--labels", type=int, default=20, metavar="N")
    train.add_argument("--seed", type=int, default=0, metavar="N")
    train.add_argument("--paper", action="store_true", help="start from the paper's knobs, not the short recipe's")
    train.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or lost")
    stored(train)
    experiment = command("experiment", "Train every method with every label count and seed; knobs go to all methods.")
    experiment.add_argument("--methods", nargs="+", default=["supervised", "fixmatch", "mixmatch"])
    experiment.add_argument("--labels", nargs="+", type=int, default=[10, 20, 40, 100], metavar="N")
    experiment.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="N")
    experiment.add_argument("--ceiling", action="store_true", help="also train supervised with every label")
    stored(experiment)
    search = command("search", "Search knobs for the best validation accuracy (needs Optuna); other knobs are flags.")
    search.add_argument("--method", default="fixmatch")
    search.add_argument("--labels", type=int, default=20, metavar="N")
    search.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="N", help="a trial is their mean")
    search.add_argument(
        "--knob", nargs="+", default=[], metavar="NAME", help="lr, threshold=0.5:0.99 or mix=mixup|cutmix"
    )
    search.add_argument("--sampler", default="tpe", help="tpe, random or grid")
    search.add_argument("--runs", type=int, default=20, metavar="N", help="trials, the default among them")
    search.add_argument("--minutes", type=float, default=0.0, metavar="M", help="a budget in minutes instead")
    search.add_argument("--points", type=int, default=5, metavar="N", help="values a knob, for a grid")
    search.add_argument("--no-prune", action="store_true", help="train trials that fall behind to the end, too")
    stored(search)
    command("knobs", "List the knobs of a method with their defaults.").add_argument("--method", default="fixmatch")
    runs = commands.add_parser("runs", help="List the runs of a store, newest first.", allow_abbrev=False)
    runs.add_argument("words", nargs="*", help="only runs that have these words in name, method, data, state or reason")
    runs.add_argument("--state", nargs="+", default=[], help="only runs in these states")
    stored(runs)
    export = commands.add_parser("export", help="Print a run as one script that needs no ssl_core.", allow_abbrev=False)
    export.add_argument("run", metavar="RUN")
    export.add_argument("--store", default=os.environ.get("SSL_STORE", "runs"), help="folder of runs (default runs/)")
    doctor = command("doctor", "Say what is wrong with an augmentation pipeline on a data set's pictures.")
    doctor.add_argument("--policy", default="strong", help="a preset, or a pipeline as on the Augmentations page")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    results = commands.add_parser("results", help="Make the table of results: every method, three seeds.")
    results.add_argument("--data", nargs="+", default=["digits", "shapes"])
    results.add_argument("--methods", nargs="+", help="default: every method")
    results.add_argument("--out", default="assets/results.json", help="the table, added to if it is there")
    results.add_argument("--store", default=os.environ.get("SSL_STORE", "runs"), help="folder of runs (default runs/)")
    fetch = command("fetch", "Download a public data set, or read its files or a folder, once and for all.")
    fetch.add_argument("--store", default=os.environ.get("SSL_STORE", "runs"), help="folder of runs (default runs/)")
    predict = commands.add_parser("predict", help="Ask a finished run's network about pictures.", allow_abbrev=False)
    predict.add_argument("run", metavar="RUN", help="name or folder of a finished run, or a weights file")
    predict.add_argument("files", nargs="+", metavar="FILE", help="pictures, or zips of pictures")
    predict.add_argument("--csv", action="store_true", help="print every class' probability as CSV")
    predict.add_argument("--as-seen", action="store_true", help="digits: do not cut the strokes out of their paper")
    predict.add_argument("--data", default="digits", help="of a weights file without a card (default digits)")
    predict.add_argument("--network", default="small_convnet", help="of a weights file without a card")
    predict.add_argument("--store", default=os.environ.get("SSL_STORE", "runs"), help="folder of runs (default runs/)")
    return parser


def _results(args: argparse.Namespace) -> int:
    from pathlib import Path

    from ssl_core.methods import METHODS
    from ssl_core.runs.results import record
    from ssl_core.runs.store import Store

    store = Store(args.store)

    def stop() -> None:
        for run in store.runs():
            if run.state in ("queued", "running"):
                run.stop()

    with _interrupts(stop):
        record(store, Path(args.out), args.data, args.methods or list(METHODS))
    return 0


def _knobs(words: list[str], methods: list[str]) -> dict[str, dict[str, Any]]:
    """Flags argparse did not know, as checked knobs by method: each goes to every method that has it."""
    from ssl_core.knobs import unknown
    from ssl_core.methods import METHODS
    from ssl_core.train.config import all_knobs

    tables = {method: all_knobs(method) for method in methods if method in METHODS}
    chosen: dict[str, dict[str, Any]] = {method: {} for method in tables}
    while words:
        flag = words.pop(0)
        if not flag.startswith("--"):
            raise ValueError(f"{flag!r} belongs to no flag.")
        name, joined, text = flag[2:].partition("=")
        name = name.replace("-", "_")
        if not joined:
            if not words:
                raise ValueError(f"--{name} needs a value.")
            text = words.pop(0)
        having = [method for method, table in tables.items() if name in table]
        if not having:
            every = list(dict.fromkeys(k for table in tables.values() for k in table))
            raise unknown(name, every, " and ".join(METHODS[m].title for m in tables) or "Nothing here")
        for method in having:
            chosen[method][name] = tables[method][name].parse(name, text)
    return chosen


def _row(run: Any) -> dict[str, Any]:
    from ssl_core.runs.progress import describe

    told = describe(run)
    keep = (
        "method",
        "labels",
        "seed",
        "test_accuracy",
        "validation_accuracy",
        "seconds",
        "run",
        "state",
        "why",
        "data",
    )
    return {key: told[key] for key in (*keep, "data", "step", "steps")}


def _print(result: dict[str, Any], rows: list[dict[str, Any]], as_json: bool) -> int:
    for row in rows:
        score = "-" if row["test_accuracy"] is None else f"{100 * row['test_accuracy']:.1f} %"
        print(
            f"{row['method']:<18} {row['labels']:>5} labels  seed {row['seed']}  {row['state']:<8} "
            f"test accuracy {score:>7}  {row['seconds']:6.1f} s  {row['run']} {row['why']}",
            file=sys.stderr if as_json else sys.stdout,
        )
    if as_json:
        print(json.dumps(result, allow_nan=False))
    return 0 if all(row["state"] == "done" for row in rows) else 1


def _train(args: argparse.Namespace, words: list[str]) -> int:
    from tqdm import tqdm

    from ssl_core.runs.store import Store
    from ssl_core.runs.worker import work
    from ssl_core.train.config import all_knobs, configure

    if args.resume:
        store = Store(args.store)
        run = store.run(args.resume)
        if run is None:
            raise ValueError(f"There is no run {args.resume!r} in {args.store}.")
        if words:
            raise ValueError("A resumed run keeps its knobs: leave out the other flags.")
        run.resume()
    else:
        values = _knobs(words, [args.method]).get(args.method)
        if args.paper and values is not None:
            values = {name: knob.default for name, knob in all_knobs(args.method).items()} | values
        config = configure(args.data, args.method, args.labels, args.seed, values)
        store = Store(args.store)
        store.check_room()
        run = store.add(config.to_dict())
    with tqdm(total=run.config.get("training", {}).get("steps"), unit="step", file=sys.stderr) as bar:

        def watch(row: dict[str, Any]) -> None:
            bar.update(row["step"] - bar.n)
            if "test_accuracy" in row:
                bar.set_postfix_str(f"test accuracy {100 * row['test_accuracy']:.1f} %")

        with _interrupts(run.stop):
            work(run.folder, watch)
    row = _row(run)
    return _print(row, [row], args.json)


def _experiment(args: argparse.Namespace, words: list[str]) -> int:
    from tqdm import tqdm

    from ssl_core.runs.experiment import Experiment, enqueue
    from ssl_core.runs.progress import describe
    from ssl_core.runs.runner import Pool, slots
    from ssl_core.runs.store import Store

    knobs = _knobs(words, args.methods)
    experiment = Experiment(args.data, args.methods, args.labels, args.seeds, knobs, args.ceiling)
    experiment.configs()  # say what is wrong before making a folder
    store = Store(args.store)
    launched = enqueue(store, experiment)
    runs = launched.runs
    pool = Pool(store, slots(), {run.name for run in runs})

    def stop() -> None:
        for run in runs:
            if run.state in ("queued", "running"):
                run.stop()

    total = sum(run.config.get("training", {}).get("steps", 0) for run in runs)
    with tqdm(total=total, unit="step", file=sys.stderr) as bar, _interrupts(stop):
        while pool.tick():
            told = [describe(run) for run in runs]
            bar.update(sum(row["steps"] if row["state"] == "done" else row["step"] for row in told) - bar.n)
            done = sum(row["state"] == "done" for row in told)
            bar.set_postfix_str(f"{done} of {len(runs)} runs done")
            pool.wait(0.2)
        bar.update(sum(describe(run)["step"] for run in runs) - bar.n)
    rows = [_row(run) for run in runs if run.config.get("role") != "ceiling"]
    result: dict[str, Any] = {"experiment": launched.id, "runs": rows}
    ceiling = [_row(run) for run in runs if run.config.get("role") == "ceiling"]
    if ceiling:
        result["ceiling"] = ceiling[0]
    return _print(result, [*rows, *ceiling], args.json)


def _search(args: argparse.Namespace, words: list[str]) -> int:
    from ssl_core.runs.store import Store
    from ssl_core.search.plan import Search
    from ssl_core.search.span import read_span, searchable
    from ssl_core.search.terminal import search_here
    from ssl_core.train.config import configure

    configure(args.data, args.method, args.labels, 0)  # says what is wrong with the names
    fixed = _knobs(words, [args.method]).get(args.method, {})
    spans = dict(read_span(text, searchable(args.method)) for text in args.knob)
    budget = {"runs": args.runs, "minutes": args.minutes, "points": args.points, "prune": not args.no_prune}
    search = Search(
        args.data, args.method, args.labels, spans, tuple(args.seeds), fixed, sampler=args.sampler, **budget
    ).checked()
    return search_here(Store(args.store), search, _interrupts, args.json)


def _list_knobs(args: argparse.Namespace) -> int:
    from ssl_core.train.config import all_knobs, configure, defaults

    configure(args.data, args.method, 20, 0)  # says what is wrong with the names
    values = defaults(args.data, args.method)
    for name, knob in all_knobs(args.method).items():
        span = "a pipeline" if knob.free else "|".join(knob.choices) or "true|false"
        if knob.kind in (int, float):
            span = f"{knob.low:g}..{knob.high:g}"
        paper = "" if values[name] == knob.default else f" (paper: {knob.default})"
        print(f"--{name} {values[name]}{paper}\n    {knob.help} [{span}; {knob.source}]")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    """Print the findings; 1 if one of them is an error."""
    from ssl_core.augment import PRESETS, from_text, preset, to_text
    from ssl_core.augment.doctor import diagnose, summary
    from ssl_core.data import load

    data = load(args.data)
    policy = preset(args.policy, data.card) if args.policy in PRESETS else from_text(args.policy)
    found = diagnose(policy, data.images[:192].float() / 255, data.card)
    if args.json:
        print(json.dumps({"pipeline": to_text(policy), "findings": [finding._asdict() for finding in found]}))
    else:
        print(f"{to_text(policy) or 'identity'}\non {data.card.title}: {summary(found)}")
        for finding in found:
            print(f"  {finding.level:<8} {finding.sentence}")
    return int(any(finding.level == "error" for finding in found))


def _fetch(args: argparse.Namespace) -> int:
    from ssl_core.data import prepare

    card = prepare(args.data, download=True)
    print(f"{card.title}: {card.train:,} pictures to learn from and {card.test:,} for the test.")
    return 0


def _settle(args: argparse.Namespace) -> None:
    """Say which store data sets are kept in, and prepare one whose files are here. Downloads nothing."""
    from ssl_core.data.catalog import prepare_local

    if "store" in args:
        os.environ["SSL_STORE"] = str(args.store)
    if args.command in ("train", "experiment", "doctor"):
        prepare_local(args.data)


def _runs(args: argparse.Namespace) -> int:
    """List; 0 whatever the states are, since this trains nothing."""
    from ssl_core.runs.listing import Listing, choose
    from ssl_core.runs.store import STATES, Store

    for state in args.state:
        if state not in STATES:
            raise ValueError(f"There is no state {state!r}. Choose one of {', '.join(STATES)}.")
    rows = choose(Listing(Store(args.store)).rows(), state=args.state, text=" ".join(args.words))
    for row in [] if args.json else rows:
        score = "-" if row["test_accuracy"] is None else f"{100 * row['test_accuracy']:.1f} %"
        print(
            f"{row['state']:<8} {row['method'] or '-':<18} {row['data'] or '-':<8} {row['labels'] or '-':>5} labels  "
            f"seed {'-' if row['seed'] is None else row['seed']}  {score:>7}  {row['run']} {row['why']}"
        )
    if args.json:
        print(json.dumps({"runs": rows}, allow_nan=False))
    return 0


def _export(args: argparse.Namespace) -> int:
    """Print the script on stdout."""
    from ssl_core.export.script import script
    from ssl_core.runs.store import Store

    run = Store(args.store).run(args.run)
    if run is None:
        raise ValueError(f"There is no run {args.run!r} in {args.store}.")
    print(script(run), end="")
    return 0


def _predict(args: argparse.Namespace) -> int:
    """Print a table or CSV; 1 if a picture could not be read."""
    from ssl_core.predict.terminal import report
    from ssl_core.runs.trained import named

    text, code = report(named(args.store, args.run, args.data, args.network), args.files, args.csv, args.as_seen)
    print(text, end="")
    return code


class _interrupts:
    """Turn Ctrl-C and a polite kill into a clean stop; a second Ctrl-C does not wait."""

    def __init__(self, stop: Any) -> None:
        self.stop = stop

    def __enter__(self) -> None:
        self.before = {s: signal.signal(s, self._asked) for s in (signal.SIGINT, signal.SIGTERM)}

    def _asked(self, number: int, frame: Any) -> None:
        print("\nStopping after this step; run the same command to go on.", file=sys.stderr)
        signal.signal(signal.SIGINT, self.before[signal.SIGINT])
        self.stop()

    def __exit__(self, *error: Any) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)


TURNING_KNOBS = {"train": _train, "experiment": _experiment, "search": _search}  # any knob is a flag
OTHERS = {
    "knobs": _list_knobs,
    "results": _results,
    "runs": _runs,
    "export": _export,
    "doctor": _doctor,
    "fetch": _fetch,
    "predict": _predict,
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        args, words = _parser().parse_known_args(argv)
        _settle(args)
        if args.command in TURNING_KNOBS:
            return TURNING_KNOBS[args.command](args, words)
        if words:
            raise ValueError(f"{words[0]!r} is not understood here.")
        return OTHERS[args.command](args)
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
