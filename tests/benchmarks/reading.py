"""How fast photographs become a data set, beside Pillow alone, and what memory it takes.

    python -m tests.benchmarks.reading [--photographs 2000] [--many 20000]

Photographs are JPEG of 1 MP, drawn here; the second part reads many small ones at 128 pixels.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from ssl_core.data.catalog import prepare

SIDE = 128


def draw(top: Path, count: int, size: tuple[int, int], kinds: int = 20) -> None:
    """So many JPEG files of noise over a ramp, a few drawn and then copied with a number at their end."""
    drawn = []
    for seed in range(kinds):
        random = np.random.RandomState(seed)
        rough = Image.fromarray(random.randint(0, 256, (40, 50, 3)).astype(np.uint8)).resize(
            size, Image.Resampling.BICUBIC
        )
        pixels = np.asarray(rough).astype(int) + random.randint(-12, 12, (size[1], size[0], 3))
        file = io.BytesIO()
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
        drawn.append(file.getvalue())
    for number in range(count):
        home = top / f"class {number % 4}"
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{number}.jpg").write_bytes(drawn[number % kinds] + str(number).encode())


def pillow(top: Path) -> float:
    """Seconds in which Pillow makes thumbnails of them, decoding JPEG at a fraction of its size, on one thread."""
    start = time.perf_counter()
    for path in sorted(top.rglob("*.jpg")):
        with Image.open(path) as image:
            image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return time.perf_counter() - start


def ours(top: Path) -> float:
    """Seconds in which they are a kept data set."""
    start = time.perf_counter()
    prepare(f"folder:{top}@{SIDE}")
    return time.perf_counter() - start


def peak() -> int:
    """Megabytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photographs", type=int, default=2_000)
    parser.add_argument("--many", type=int, default=20_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SSL_ROOTS": folder, "SSL_STORE": f"{folder}/runs"}
        for name, count, size in (("photographs", args.photographs, (1160, 864)), ("many", args.many, (320, 240))):
            top = Path(folder) / name
            draw(top, count, size)
            alone, work, before = pillow(top), time.process_time(), peak()
            mine = ours(top)
            work = time.process_time() - work
            print(
                f"{count:,} pictures of {size[0]}×{size[1]}: {mine:.1f} s ({work:.1f} s of work), Pillow alone "
                f"{alone:.1f} s ({mine / alone:.2f} times); memory {before} MB before, {peak()} MB at most"
            )


if __name__ == "__main__":
    main()
