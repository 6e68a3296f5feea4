"""Who says, while a maker learns, whether its pictures show the class asked for: the network with every label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ssl_core.data import Dataset
from ssl_core.generate.config import Config
from ssl_core.generate.contract import Making
from ssl_core.models.ask import logits
from ssl_core.runs.every_label import every_label
from ssl_core.runs.run import Run
from ssl_core.runs.store import Store
from ssl_core.train.chance import generator_at

MOST, PIXELS = 1_000, 2**18  # pictures a moment, and pixels: a thousand digits, 256 shapes; made and judged in 100 ms


def referee_of(run: Run, config: Config, data: Dataset | None) -> Callable[[Making], dict[str, Any]]:
    """What measures a making: `seen_as`, how many of its pictures are taken for each class, and `recognised`.

    The latter only of a maker that makes classes. Says nothing where nobody can judge.
    """
    network = every_label(Store(run.folder.parent), data.card) if data else None
    if network is None:
        return lambda making: {}
    classes = len(data.card.classes)
    asked = torch.arange(max(classes, min(MOST, PIXELS // data.images[0, 0].numel()))) % classes

    def judge(making: Making) -> dict[str, Any]:
        guess = logits(network, making.make(asked, generator_at(config.seed, 2**41)).cpu()).argmax(dim=1)
        row: dict[str, Any] = {"seen_as": torch.bincount(guess, minlength=classes).tolist()}
        return row | ({"recognised": (guess == asked).double().mean().item()} if config.knobs.makes_classes else {})

    return judge
