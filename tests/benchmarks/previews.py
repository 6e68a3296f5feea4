"""What a view costs at the size of a preview: every operation beside Pillow's and torchvision's, and a batch of 16.

    python -m tests.benchmarks.previews [--side 224] [--batch 16] [--seconds 1]

One thread. An operation gets a batch of photographs at once, its peers one after the other: Pillow a Pillow picture,
torchvision a tensor of floats and one of bytes. Operations that nobody else has stand alone. All take turns, and the
best round of each counts, by this thread's processor time: other load only slows down. Freed memory is kept, as in
training, except for what the Augmentations page shows: that is measured as its server does it, by the time of all the
process's threads. The last lines say which goals are met.
"""

from __future__ import annotations

import argparse
import io
import math
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

from ssl_core.augment import from_text
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.presets import Kind, preset
from ssl_core.studio.gallery import gallery
from ssl_core.studio.preview import view
from ssl_core.studio.sources import pictures
from ssl_core.train.memory import keep_freed_memory

AFFINE = Image.Transform.AFFINE
VIEWS_WITHIN, SHOWN_WITHIN = 100, 500  # ms: 16 views, and a phone's photograph from its bytes to what the page shows
PHONE = (4000, 3000)  # pixels
AS_FAST = 0.95  # of the other's speed: two measurements of the same function differ by so much


def _affine(p: Image.Image, *six: float) -> Image.Image:
    return p.transform(p.size, AFFINE, six)


def _enhance(kind: type) -> Callable:
    return lambda p, s: kind(p).enhance(s)


def _still(x: torch.Tensor, **change: object) -> torch.Tensor:
    return F.affine(x, **({"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0]} | change))


def _table(of: Callable[[float, float], float]) -> Callable:
    return lambda p, s: p.point([min(255, max(0, round(255 * of(v / 255, s)))) for v in range(256)] * len(p.getbands()))


PILLOW: dict[str, Callable] = {
    "autocontrast": lambda p, s: ImageOps.autocontrast(p),
    "equalize": lambda p, s: ImageOps.equalize(p),
    "invert": lambda p, s: ImageOps.invert(p),
    "hflip": lambda p, s: ImageOps.mirror(p),
    "vflip": lambda p, s: ImageOps.flip(p),
    "greyscale": lambda p, s: p.convert("L").convert("RGB"),
    "rotate": lambda p, s: p.rotate(s),
    "shear_x": lambda p, s: _affine(p, 1, s, 0, 0, 1, 0),
    "shear_y": lambda p, s: _affine(p, 1, 0, 0, s, 1, 0),
    "translate_x": lambda p, s: _affine(p, 1, 0, s * p.width, 0, 1, 0),
    "translate_y": lambda p, s: _affine(p, 1, 0, 0, 0, 1, s * p.height),
    "scale": lambda p, s: _affine(p, 1 / s, 0, 0, 0, 1 / s, 0),
    "brightness": _enhance(ImageEnhance.Brightness),
    "contrast": _enhance(ImageEnhance.Contrast),
    "color": _enhance(ImageEnhance.Color),
    "sharpness": _enhance(ImageEnhance.Sharpness),
    "gamma": _table(lambda v, s: v**s),
    "posterize": lambda p, s: ImageOps.posterize(p, int(s)),
    "solarize": lambda p, s: ImageOps.solarize(p, int(255 * s)),
    "solarize_add": _table(lambda v, s: v + s if v < 0.5 else v),
    "gaussian_blur": lambda p, s: p.filter(ImageFilter.GaussianBlur(s)),
    "smooth": lambda p, s: Image.blend(p, p.filter(ImageFilter.SMOOTH), s),
    "blur": lambda p, s: Image.blend(p, p.filter(ImageFilter.BLUR), s),
    "random_crop": lambda p, s: ImageChops.offset(p, 3, -2),
    "random_resized_crop": lambda p, s: p.resize(p.size, Image.Resampling.BILINEAR, box=(20, 20, 180, 180)),
}
TORCHVISION: dict[str, Callable] = {
    "autocontrast": lambda x, s: F.autocontrast(x),
    "equalize": lambda x, s: F.equalize(x),
    "invert": lambda x, s: F.invert(x),
    "hflip": lambda x, s: F.horizontal_flip(x),
    "vflip": lambda x, s: F.vertical_flip(x),
    "greyscale": lambda x, s: F.rgb_to_grayscale(x, num_output_channels=3),
    "rotate": lambda x, s: F.rotate(x, s),
    "shear_x": lambda x, s: _still(x, shear=[10 * s, 0.0]),
    "shear_y": lambda x, s: _still(x, shear=[0.0, 10 * s]),
    "translate_x": lambda x, s: _still(x, translate=[int(s * x.shape[-1]), 0]),
    "translate_y": lambda x, s: _still(x, translate=[0, int(s * x.shape[-2])]),
    "scale": lambda x, s: _still(x, scale=s),
    "brightness": F.adjust_brightness,
    "contrast": F.adjust_contrast,
    "color": F.adjust_saturation,
    "sharpness": F.adjust_sharpness,
    "hue": F.adjust_hue,
    "gamma": F.adjust_gamma,
    "posterize": lambda x, s: F.posterize(x, int(s)),
    "solarize": lambda x, s: F.solarize(x, s if x.is_floating_point() else int(255 * s)),
    "gaussian_blur": lambda x, s: F.gaussian_blur(x, [13, 13], [s, s]),
    "perspective": lambda x, s: F.perspective(
        x, [[0, 0], [223, 0], [223, 223], [0, 223]], [[9, 5], [210, 3], [219, 214], [4, 221]]
    ),
    "elastic": lambda x, s: F.elastic(x, torch.zeros(1, *x.shape[-2:], 2)),
    "jpeg": lambda x, s: F.jpeg(x, int(s)),
    "random_resized_crop": lambda x, s: F.resized_crop(
        x, 20, 20, 160, 160, list(x.shape[-2:]), InterpolationMode.BILINEAR, antialias=False
    ),
}


def best(works: dict[str, Callable], views: int, seconds: float) -> dict[str, float]:
    """Milliseconds a view, all taking turns for this long."""
    fastest, end = dict.fromkeys(works, math.inf), time.thread_time() + seconds
    while time.thread_time() < end:
        for name, work in works.items():
            began = time.thread_time()
            work()
            fastest[name] = min(fastest[name], time.thread_time() - began)
    return {name: 1000 * took / views for name, took in fastest.items()}


def taken(name: str, levels: torch.Tensor, seconds: float) -> dict[str, float]:
    """Milliseconds a view of one operation at a middle strength: ours first."""
    operation, batch = OPERATIONS[name], len(levels)
    x, middle = levels.float() / 255, (operation.low + operation.high) / 2
    strength = torch.full((batch,), float(middle))
    luck = torch.rand((batch, operation.luck), generator=torch.Generator().manual_seed(0))
    pictures = [Image.fromarray(np.ascontiguousarray(p)) for p in levels.permute(0, 2, 3, 1).numpy()]
    works = {"ours": lambda: operation(x, strength, luck)}
    if name in PILLOW:
        works["Pillow"] = lambda: [PILLOW[name](p, middle) for p in pictures]
    if name in TORCHVISION:
        if name != "jpeg":
            works["torchvision float"] = lambda: [TORCHVISION[name](p, middle) for p in x]
        works["torchvision bytes"] = lambda: [TORCHVISION[name](p, middle) for p in levels]
    return best(works, batch, seconds)


def phone_photograph() -> bytes:
    """A JPEG of 12 megapixels: soft shapes with a sensor's noise."""
    chance, (width, height) = np.random.default_rng(0), PHONE
    soft = Image.fromarray(chance.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize(PHONE, Image.Resampling.BICUBIC)
    grain = chance.normal(0, 4, (height, width, 1)).astype(np.int16)
    file, noisy = io.BytesIO(), (np.asarray(soft) + grain).clip(0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(file, "JPEG", quality=90)
    return file.getvalue()


def spent(work: Callable, rounds: int = 5) -> float:
    """Milliseconds of processor time of the best round, all threads together."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1000 * min(took)


def verdict(met: bool, goal: str, found: str) -> str:
    """A goal in one line."""
    return f"{'met' if met else 'missed':6}  {goal}: {found}"


def judged_shown(side: int, batch: int, names: list[str]) -> list[str]:
    """What the Augmentations page waits for: views of every operation, and a phone's photograph."""
    content = phone_photograph()
    photo = pictures("upload", side, content)
    views = {n: spent(lambda n=n: view(from_text(n), photo, 0, batch, 0, False), 3) for n in names}
    for name in ("weak", "strong", "survey"):
        policy = preset(name, Kind("photographs", 3, side))
        views[name] = spent(lambda p=policy: view(p, photo, 0, batch, 0, False))
        print(f"{name}: {batch} views drawn, made and written in {views[name]:.0f} ms")
    read = spent(lambda: pictures("upload", side, content))
    every, drawn = spent(lambda: gallery(photo, 0)), views["strong"]
    print(
        f"{PHONE[0]} x {PHONE[1]} JPEG: read in {read:.0f} ms, then the gallery {every:.0f} or strong's views {drawn:.0f}"
    )
    over = {n: took for n, took in views.items() if took > VIEWS_WITHIN}
    slowest = max(views, key=views.get)
    found = f"slowest {slowest}, {views[slowest]:.0f} ms" + (f"; over it {', '.join(over)}" if over else "")
    shown = read + max(every, drawn)
    return [
        verdict(not over, f"{batch} views of any one operation or named policy within {VIEWS_WITHIN} ms", found),
        verdict(shown <= SHOWN_WITHIN, f"a phone's photograph shown within {SHOWN_WITHIN} ms", f"{shown:.0f} ms"),
    ]


def judged_beside_others(ratios: dict[str, float], others: str) -> str:
    """How many operations are at least as fast as the fastest of the others."""
    slower = sorted((n for n, ratio in ratios.items() if ratio < AS_FAST), key=ratios.get)
    found = f"{len(ratios) - len(slower)} of {len(ratios)}" + (f"; slower: {', '.join(slower)}" if slower else "")
    return verdict(not slower, f"each operation at least as fast as {others}", found)


def main() -> None:
    """Print a line an operation, worst ratio first, what the page waits for, and which goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each operation")
    parser.add_argument("--only", nargs="+", choices=list(OPERATIONS), default=list(OPERATIONS))
    args = parser.parse_args()
    torch.set_num_threads(1)
    goals = judged_shown(args.side, args.batch, args.only)
    keep_freed_memory()
    base = torch.randint(0, 256, (args.batch, 3, 16, 16), generator=torch.Generator().manual_seed(0)).float()
    levels = torch.nn.functional.interpolate(base, size=args.side, mode="bicubic").clamp(0, 255).to(torch.uint8)
    lines, beside_all, beside_floats = [], {}, {}
    for name in args.only:
        found = taken(name, levels, args.seconds)
        mine, others = found["ours"], {who: took for who, took in found.items() if who != "ours"}
        ratio = min(others.values()) / mine if others else math.inf
        if others:
            beside_all[name] = ratio
        if "torchvision float" in others:
            beside_floats[name] = others["torchvision float"] / mine
        each = "  ".join(f"{who} {took:6.2f} ms" for who, took in found.items())
        against = f"{ratio:5.2f} of the fastest other" if others else 25 * " "
        lines.append((ratio, f"{name:20} {against}  {each}"))
    print(f"a view of {args.side} x {args.side}, batch {args.batch}, one thread")
    print(*(line for _, line in sorted(lines)), sep="\n")
    goals.append(judged_beside_others(beside_floats, "torchvision on the same floats"))
    goals.append(judged_beside_others(beside_all, "the fastest other, on bytes too"))
    print(*goals, sep="\n")


if __name__ == "__main__":
    main()
