"""How fast a folder of pictures is answered, and how the memory grows with it.

python -m tests.benchmarks.predict [--pictures 5000] [--side 64] [--network small_convnet]

Prints pictures a second of `predict FOLDER --csv` and the growth of the most memory ever held between a tenth of the
pictures and all of them.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from ssl_core.models import MODELS
from ssl_core.predict.alone import alone
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.terminal import report


class Watched(io.TextIOBase):
    """Counts lines, throws them away, and notes the memory at a tenth of them."""

    def __init__(self, tenth: int) -> None:
        self.tenth, self.lines, self.early = tenth, 0, 0.0

    def write(self, text: str) -> int:
        self.lines += text.count("\n")
        if self.lines == self.tenth:
            self.early = held()
        return len(text)


def held() -> float:
    """The most memory this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Make the pictures, ask, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=5_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--network", default="small_convnet")
    args = parser.parse_args()
    card = alone("photos", [f"class {n}" for n in range(10)], [3, 32, 32])
    classifier = Classifier(card, args.network, MODELS[args.network](3, 10).eval())
    random = np.random.RandomState(0)
    with tempfile.TemporaryDirectory() as folder:
        for n in range(args.pictures):
            Image.fromarray(random.randint(0, 256, (args.side, args.side, 3)).astype(np.uint8)).save(
                Path(folder, f"{n:06}.jpg")
            )
        began, out = time.monotonic(), Watched(args.pictures // 10)
        real, sys.stdout = sys.stdout, out
        try:
            report(classifier, [folder], as_csv=True)
        finally:
            sys.stdout = real
        seconds = time.monotonic() - began
    print(
        f"{args.pictures:,} pictures of {args.side} pixels, {args.network}: {args.pictures / seconds:,.0f} a second, "
        f"memory {held():,.0f} MB, {held() - out.early:.1f} MB more than at a tenth of them"
    )


if __name__ == "__main__":
    main()
