"""export: a run as a script of its own, or its network as a file that others can use."""

from __future__ import annotations

import argparse

from ssl_core.terminal.flags import new_file, store_flag
from ssl_core.terminal.streams import exact, source

HELP = "Print a run as one script that needs no ssl_core, or write its network as ONNX or safetensors."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    parser.add_argument("run", metavar="RUN", help="a run; for files of its network also a run folder or weights file")
    parser.add_argument("--onnx", type=new_file, metavar="FILE", help="write pictures in, probabilities out as ONNX")
    parser.add_argument("--pictures", type=new_file, metavar="FILE", help="write what a maker makes as class folders")
    parser.add_argument(
        "--each", type=int, default=50, metavar="N", help="with --pictures: so many a class (default 50)"
    )
    parser.add_argument("--safetensors", type=new_file, metavar="FILE", help="write the weights with their card")
    store_flag(parser)


def run(args: argparse.Namespace) -> int:
    """Print the script on stdout, or write what is asked for."""
    if args.pictures:
        return _pictures(args)
    if args.onnx or args.safetensors:
        return _files(args)
    from ssl_core.export.script import script
    from ssl_core.runs.store import Store

    chosen = Store(args.store).run(args.run)
    if chosen is None:
        raise ValueError(f"There is no run {args.run!r} in {args.store}.")
    text = script(chosen)
    exact()
    print(source(text), end="")
    return 0


def _pictures(args: argparse.Namespace) -> int:
    from ssl_core.export.class_folders import class_folders
    from ssl_core.runs.files import write_whole
    from ssl_core.runs.store import Store

    chosen = Store(args.store).run(args.run)
    if chosen is None:
        raise ValueError(f"There is no run {args.run!r} in {args.store}.")
    content = class_folders(chosen, args.each)
    try:
        write_whole(args.pictures.absolute(), content)
    except OSError as wrong:
        raise ValueError(f"{args.pictures} cannot be written: {wrong.strerror or wrong}.") from None
    print(f"{args.pictures}: {args.each} made pictures of each class, in class folders.")
    return 0


def _files(args: argparse.Namespace) -> int:
    from ssl_core.export.onnx_file import to_onnx
    from ssl_core.predict.weights import to_safetensors
    from ssl_core.runs.files import write_whole
    from ssl_core.runs.trained import named

    classifier = named(args.store, args.run, "digits", "small_convnet")
    for path, write in ((args.onnx, to_onnx), (args.safetensors, to_safetensors)):
        if path:
            try:
                write_whole(path.absolute(), write(classifier))
            except OSError as wrong:
                raise ValueError(f"{path} cannot be written: {wrong.strerror or wrong}.") from None
            size = "×".join(map(str, classifier.card.shape))
            print(f"{path}: {classifier.network} for {size}, classes {', '.join(classifier.card.classes)}.")
    return 0
