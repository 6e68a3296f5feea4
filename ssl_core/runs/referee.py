"""Who says, while a maker learns, whether its pictures show the class asked for: the network with every label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ssl_core.data import Dataset
from ssl_core.generate.config import Config
from ssl_core.generate.contract import Making
from ssl_core.generate.judge import recognised
from ssl_core.runs.every_label import every_label
from ssl_core.runs.run import Run
from ssl_core.runs.store import Store
from ssl_core.train.chance import generator_at

ASKED = 200  # pictures a moment: an accuracy of them is good to 3 %, and they are made and judged in 20 ms


def referee_of(run: Run, config: Config, data: Dataset | None) -> Callable[[Making], dict[str, Any]]:
    """What measures a making; says nothing for a maker that makes no classes, or where nobody can judge."""
    network = every_label(Store(run.folder.parent), data.card) if data and config.knobs.makes_classes else None
    if network is None:
        return lambda making: {}
    asked = torch.arange(ASKED) % len(data.card.classes)

    def judge(making: Making) -> dict[str, Any]:
        made = making.make(asked, generator_at(config.seed, 2**41)).cpu()
        return {"recognised": recognised(network, made, asked)}

    return judge
