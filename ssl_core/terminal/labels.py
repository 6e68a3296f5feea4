"""labels: what was said of a data set's pictures, out and in, and which pictures to ask about next."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

from ssl_core.terminal.flags import data_flag, store_flag
from ssl_core.terminal.streams import exact

HELP = "Write a data set's labels, read more of them, keep them to train on, or say which pictures to label next."
WHAT = ("export", "import", "order", "keep")
MOST_BYTES = 100 * 2**20  # of a file of labels
FORMS = ("csv", "folders", "label-studio")


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("what", choices=WHAT, help="export, import FILE, order, or keep: a data set to train on")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="to read, or to write instead of stdout")
    data_flag(parser)
    parser.add_argument("--form", choices=FORMS, default="csv", help="of an export (default csv; folders makes a zip)")
    parser.add_argument("--order", default="typical", metavar="NAME", help="who is asked next (default typical)")
    parser.add_argument("--count", type=int, default=20, metavar="N", help="how many to ask about (default 20)")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--who", default="terminal", metavar="NAME", help="who says imported labels")
    parser.add_argument("--with-own", action="store_true", help="keep: the set's own labels stand where nobody spoke")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Do one of the four; 0 where it was done."""
    if args.file is not None and args.file.exists() and not args.file.is_file():
        raise ValueError(f"{str(args.file)!r} is a folder, a pipe or a device: name a plain file.")
    return {"export": _export, "import": _import, "order": _order, "keep": _keep}[args.what](args)


def settle(name: str) -> str:
    """`labelled:NAME` as the kept data set with the labels of now; any other name as it is."""
    if not name.startswith("labelled:"):
        return name
    from ssl_core.label.labelled import settle as settled

    return settled(name)


def _read(name: str) -> tuple[Any, Any, Any]:
    from ssl_core.data import card, load
    from ssl_core.label.pictures import pictures_of
    from ssl_core.label.session import journal_of

    data = load(card(name).name)
    return data, journal_of(data), pictures_of(data)


def _export(args: argparse.Namespace) -> int:
    from ssl_core.label.labels_out import as_csv, as_studio, write_folders
    from ssl_core.runs.files import write_whole

    data, journal, pictures = _read(args.data)
    said = journal.said()
    if not said.words:
        raise ValueError(f"Nobody has said the class of any picture of {data.card.title} yet: label a few first.")
    if args.form == "folders":
        if args.file is None:
            raise ValueError("Class folders are a zip: say which file to write, as in labels export labels.zip.")
        content = io.BytesIO()
        counts = write_folders(said, data, pictures, content)
        try:
            write_whole(args.file.absolute(), content.getvalue())
        except OSError as wrong:
            raise ValueError(f"{args.file} cannot be written: {wrong.strerror or wrong}.") from None
        print(f"{args.file}: {', '.join(f'{count:,} {name}' for name, count in counts.items())}.", file=sys.stderr)
        return 0
    text = as_csv(said, pictures) if args.form == "csv" else as_studio(said, pictures)
    if args.file is None:
        exact()
        print(text, end="")
        return 0
    try:
        args.file.write_text(text, encoding="utf-8", newline="")
    except OSError as wrong:
        raise ValueError(f"{args.file} cannot be written: {wrong.strerror or wrong}.") from None
    print(f"{args.file}: labels of {len(said.words):,} pictures.", file=sys.stderr)
    return 0


def _import(args: argparse.Namespace) -> int:
    from ssl_core.label.labels_in import bring_in

    if args.file is None:
        raise ValueError("Say which file to read, as in labels import labels.csv --data NAME.")
    try:
        with open(args.file, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as wrong:
        raise ValueError(f"{args.file} cannot be read: {wrong.strerror or wrong}.") from None
    if len(content) > MOST_BYTES:
        raise ValueError(f"{args.file} has more than {MOST_BYTES // 2**20} MB: labels of a data set are less.")
    data, journal, pictures = _read(args.data)
    taken = bring_in(content, journal, data.card, pictures, args.who)
    print(f"{data.card.title}: {taken.labelled:,} pictures labelled.")
    if taken.strange:
        print(f"Passed over: {taken.strange:,} labels of pictures that are not in this data set.")
    if taken.contradicting:
        print(f"Passed over: {taken.contradicting:,} labels that say something else of a picture than one before.")
    return 0


def _order(args: argparse.Namespace) -> int:
    from ssl_core.label.next_pictures import next_pictures

    table = next_pictures(args.data, args.order, args.count, seed=args.seed, who=args.who, say=_progress)
    exact()
    print(table, end="")
    return 0


def _keep(args: argparse.Namespace) -> int:
    from ssl_core.label.labelled import keep_labelled

    card = keep_labelled(args.data, hide=False if args.with_own else None)
    print(f"{card.title}: {card.known:,} labels to learn from, {card.validation:,} for validation.", file=sys.stderr)
    print(card.name)
    return 0


def _progress(text: str, left: float | None) -> None:
    if sys.stderr.isatty():
        print(f"\r{text}, {left or 0:.0f} s left ", end="", file=sys.stderr, flush=True)
