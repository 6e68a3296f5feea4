"""Flags that several commands share, and any knob as a flag."""

from __future__ import annotations

import argparse
import os
from typing import Any


def data_flag(parser: argparse.ArgumentParser) -> None:
    """--data NAME."""
    parser.add_argument("--data", default="digits", help="data set (default digits)")


def store_flag(parser: argparse.ArgumentParser) -> None:
    """--store FOLDER."""
    parser.add_argument("--store", default=os.environ.get("SSL_STORE", "runs"), help="folder of runs (default runs/)")


def json_flag(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object, last on stdout")


def method_flags(parser: argparse.ArgumentParser) -> None:
    """--method and --labels of a command about one method."""
    parser.add_argument("--method", default="fixmatch")
    parser.add_argument("--labels", type=int, default=20, metavar="N")


def read_knobs(words: list[str], methods: list[str]) -> dict[str, dict[str, Any]]:
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
