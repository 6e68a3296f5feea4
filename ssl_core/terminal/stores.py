"""Which folder of runs a command means, said before anything is done: a command that reads makes none.

Labels are said of a store that is there, too: only the usual one is made when it is first needed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

READING = ("runs", "export", "predict")


def check_store(args: argparse.Namespace) -> None:
    """Raise ValueError, one sentence, if --store is no folder's name, or nothing is there to be read."""
    text = args.store
    if not text.strip() or "\0" in text:
        raise ValueError("--store needs the name of a folder, as in --store runs.")
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise ValueError(f"{text!r} is a file: a store is a folder. Name another one with --store.")
    if args.command == "labels" and text != args.usual_store and not path.is_dir():
        raise ValueError(f"There is no store at {text!r}: check --store, or make that folder first.")
    if reads(args) and not path.is_dir() and not _stands_alone(args):
        raise ValueError(f"There is no store at {text!r}: check --store, or train something there first.")


def reads(args: argparse.Namespace) -> bool:
    """Whether a command asks about runs that must be there already."""
    return args.command in READING or getattr(args, "resume", None) is not None


def _stands_alone(args: argparse.Namespace) -> bool:
    """Whether the run is said by its own folder or weights file, which needs no store."""
    files = args.command == "predict" or getattr(args, "onnx", None) or getattr(args, "safetensors", None)
    return bool(files) and Path(args.run).exists()
