"""What files of strangers cost a server: each is given to the functions that pages call, and memory is looked at.

    python -m tests.faults.held STORE FILE ...      prints a JSON object a file: name, held, peak (MB), what was said

Memory is what the system says of this process. `held` is what it has more afterwards, `peak` what it had more
meanwhile.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from ssl_core.data import card, kept
from ssl_core.data.look import look_at
from ssl_core.data.understand import FEWEST
from ssl_core.data.uploads import add_files
from ssl_core.images.formats import ENDINGS
from ssl_core.images.reading import read_picture, size_of
from ssl_core.models import MODELS
from ssl_core.predict.batch import predict_files
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.weights import from_bytes
from ssl_core.zips import is_zip


def status(line: str) -> float:
    """Megabytes that the system says of this process: VmRSS, or VmHWM, the most there ever was."""
    return int(Path("/proc/self/status").read_text().split(f"{line}:")[1].split()[0]) / 1024


def network() -> Classifier:
    """An untrained network that sees shapes."""
    torch.manual_seed(0)
    return Classifier(card("shapes"), "small_convnet", MODELS["small_convnet"](3, 10).eval())


def ways(asked: Classifier, name: str, content: bytes) -> list[Callable[[], object]]:
    """Everything that a page does with such a file."""
    asks = files = [(name, content)]
    if name.lower().endswith(ENDINGS):  # a data set has more than one
        files = [(f"{kind}/{n} {name}", content) for kind in ("cat", "dog") for n in range(FEWEST)]

    def brought() -> None:
        kept.forget(add_files(files, "Mine", side=32).name)

    def looked() -> None:
        look_at(files).shots(64, 3, "cut", 2)

    every = [looked, brought, lambda: predict_files(asked, asks, True), lambda: predict_files(asked, asks, False)]
    if name.endswith((".pt", ".safetensors", ".npy")):
        return [lambda: from_bytes(content, "shapes", "small_convnet")]
    return every if is_zip(content) else [*every, lambda: size_of(content), lambda: read_picture(content)]


def said(work: Callable[[], object]) -> str:
    """The sentence that came, or nothing; anything but a sentence is an error."""
    try:
        work()
    except ValueError as wrong:
        return str(wrong)
    return ""


def main(paths: list[str]) -> None:
    """Print what each file costs."""
    torch.set_num_threads(1)
    asked = network()
    gc.collect()
    gc.freeze()  # the libraries' own objects take 0.2 s to walk through, twice a file
    for path in [paths[0], *paths]:  # the first one twice: whatever is loaded once is no cost of a file
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the most is counted anew
        before = status("VmRSS")
        name, content = Path(path).name, Path(path).read_bytes()
        sentences = [said(work) for work in ways(asked, name, content)]
        del content
        gc.collect()
        row = {"name": path, "held": status("VmRSS") - before, "peak": status("VmHWM") - before, "said": sentences}
        print(json.dumps(row | {"now": status("VmRSS")}), flush=True)


if __name__ == "__main__":
    os.environ["SSL_STORE"] = sys.argv[1]
    main(sys.argv[2:])
