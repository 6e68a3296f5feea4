"""Pictures a second of a pipeline: ours on a batch, torchvision one picture at a time.

python -m ssl_core.studio.speed PIPELINE SIDE CHANNELS BATCH
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import torch
from torch import Generator

from ssl_core.augment.text import from_text


def _rate(work: Callable[[], None], pictures: int, seconds: float) -> float:
    """Pictures a second: the best of several rounds, since a busy machine only ever slows one down."""
    work()
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return pictures / best


def ours(text: str, side: int, channels: int, batch: int = 64, seconds: float = 0.6) -> float:
    """Pictures a second of a whole batch."""
    policy, generator = from_text(text), Generator().manual_seed(0)
    x = torch.rand((batch, channels, side, side), generator=generator)
    return _rate(lambda: policy(x, generator), batch, seconds)


def torchvision_one_by_one(text: str, side: int, channels: int, batch: int = 64, seconds: float = 1.0) -> float:
    """The exported torchvision program on the same pictures, one after another."""
    from ssl_core.augment.torchvision_code import to_torchvision

    space: dict = {"__name__": "exported"}
    exec(compile(to_torchvision(from_text(text)), "exported.py", "exec"), space)  # noqa: S102 - our own text
    x = torch.rand((batch, channels, side, side), generator=Generator().manual_seed(0))

    def work() -> None:
        for picture in x:
            space["augment"](picture)

    return _rate(work, batch, seconds)


def main(words: list[str]) -> None:
    """Print both as JSON."""
    text, side, channels, batch = words[0], *(int(word) for word in words[1:4])
    torch.set_num_threads(1)
    rates = {
        "ours": ours(text, side, channels, batch),
        "torchvision": torchvision_one_by_one(text, side, channels, batch),
    }
    print(json.dumps(rates))


if __name__ == "__main__":
    main(sys.argv[1:])
