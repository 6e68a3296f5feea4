"""results: the table of results."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssl_core.terminal.flags import as_flag, begun, check_methods, new_file, store_flag
from ssl_core.terminal.interrupts import Interrupts

if TYPE_CHECKING:
    from ssl_core.runs.store import Run, Store

OUT = Path("assets/results.json")
HELP = "Make the table of results: every method, three seeds."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("--data", nargs="+", default=["digits", "shapes"])
    parser.add_argument("--methods", nargs="+", help="default: every method")
    parser.add_argument("--out", type=new_file, default=OUT, help="the table, added to if it is there")
    store_flag(parser)
    as_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Train what is missing and write the table; 1 if it was stopped."""
    from ssl_core.methods import METHODS
    from ssl_core.runs.results import LABELS, experiment_of, read, record
    from ssl_core.runs.store import Store, stop

    methods = args.methods or list(METHODS)
    check_methods(methods)
    read(args.out)  # says what is wrong with it before anything is trained
    if not args.out.absolute().parent.is_dir():
        raise ValueError(f"There is no folder {str(args.out.parent)!r} to write the table in.")
    for data in args.data:
        if data not in LABELS:
            raise ValueError(f"The table has {', '.join(LABELS)}, not {data!r}.")
    store = Store(args.store)
    for data, method in [(data, method) for data in args.data for method in methods if args.nickname]:
        begun(store, experiment_of(data, method).id, args.nickname)
    with Interrupts(lambda: stop(_ours(store, args.data, methods))) as interrupts:
        try:
            record(store, args.out, args.data, methods)
        except ValueError:
            if not interrupts.asked:
                raise
    return int(interrupts.asked)


def _ours(store: Store, datasets: list[str], methods: list[str]) -> list[Run]:
    """The runs that this table is made of: other people's in the same store go on."""
    from ssl_core.runs.results import experiment_of

    idents = {experiment_of(data, method).id for data in datasets for method in methods}

    def ours(config: dict[str, Any]) -> bool:
        return config.get("experiment") in idents or (
            config.get("role") == "ceiling" and config.get("data") in datasets
        )

    return [run for run in store.runs() if ours(run.config)]
