"""Pictures a second of one pipeline: ours on a batch, torchvision on tensors one by one, PIL one by one.

    python -m tests.benchmarks.augment [--threads 2] [--seconds 6]

The pipeline is RandAugment's: two of its operations a picture with strengths of their own. torchvision and PIL get
it as the field writes it, one picture after another. The best round of each counts: a busy machine only slows down.
"""

from __future__ import annotations

import argparse
import random
import time

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torchvision.transforms import v2

from ssl_core.augment import RandAugment

SIZES = ((8, 448), (32, 448), (64, 448), (224, 64))


def pil_pool() -> list:
    """The fourteen operations with FixMatch's ranges, on PIL pictures."""
    affine = Image.Transform.AFFINE

    def enhance(cls):
        return lambda p: cls(p).enhance(random.uniform(0.05, 0.95))

    def shift(axis):
        def move(p):
            t = random.uniform(-0.3, 0.3) * p.size[axis]
            return p.transform(p.size, affine, (1, 0, t, 0, 1, 0) if axis == 0 else (1, 0, 0, 0, 1, t))

        return move

    def lean(axis):
        def shear(p):
            s = random.uniform(-0.3, 0.3)
            return p.transform(p.size, affine, (1, s, 0, 0, 1, 0) if axis == 0 else (1, 0, 0, s, 1, 0))

        return shear

    return [
        lambda p: p,
        ImageOps.autocontrast,
        ImageOps.equalize,
        lambda p: p.rotate(random.uniform(-30, 30)),
        lambda p: ImageOps.solarize(p, random.randint(0, 255)),
        enhance(ImageEnhance.Color),
        enhance(ImageEnhance.Contrast),
        enhance(ImageEnhance.Brightness),
        enhance(ImageEnhance.Sharpness),
        lean(0),
        lean(1),
        shift(0),
        shift(1),
        lambda p: ImageOps.posterize(p, random.randint(4, 8)),
    ]  # fmt: skip


def best_rates(works: dict, pictures: int, seconds: float) -> dict[str, float]:
    """Pictures a second: all take turns, so that other load on the machine meets all; the best round of each counts."""
    best, end = dict.fromkeys(works, float("inf")), time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, work in works.items():
            began = time.perf_counter()
            work()
            best[name] = min(best[name], time.perf_counter() - began)
    return {name: pictures / took for name, took in best.items()}


def measure(side: int, batch: int, seconds: float) -> dict[str, float]:
    generator = torch.Generator().manual_seed(0)
    levels = torch.randint(0, 256, (batch, 3, side, side), generator=generator, dtype=torch.uint8)
    x = levels.float() / 255
    ours, peer = RandAugment(), v2.RandAugment(num_ops=2, magnitude=9)
    pool = pil_pool()
    pictures = [Image.fromarray(np.ascontiguousarray(p)) for p in levels.permute(0, 2, 3, 1).numpy()]

    def one_by_one(tensors):
        for picture in tensors:
            peer(picture)

    def with_pil():
        for picture in pictures:
            for operation in random.choices(pool, k=2):
                picture = operation(picture)

    works = {
        "ours, batch": lambda: ours.apply(ours.draw(batch, generator), x),
        "torchvision float": lambda: one_by_one(x),
        "torchvision uint8": lambda: one_by_one(levels),
        "PIL": with_pil,
    }
    return best_rates(works, batch, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0, help="for each of four sizes")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"pictures a second, {args.threads} threads, two operations a picture")
    for side, batch in SIZES:
        rates = measure(side, batch, args.seconds)
        columns = "  ".join(f"{name} {value:>9,.0f}" for name, value in rates.items())
        ours, *others = rates.values()
        print(f"{side:>3} x {side:<3} batch {batch:<3}  {columns}  ours / best other {ours / max(others):.1f}")


if __name__ == "__main__":
    main()
