"""The network that has learned with every label of a data set: who judges what is made.

Those of the built-in sets lie in assets/every_label, 100 kB each; they were made by

    python -m ssl_core train --data digits --method supervised --labels 1100 --steps 2000
    python -m ssl_core train --data shapes --method supervised --labels 6000 --steps 1000
    python -m ssl_core export RUN --safetensors assets/every_label/digits.safetensors

For any other set it is the run with every label that an experiment adds (its ceiling): ssl_core/runs/every_label.py.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import safetensors
import safetensors.torch
from torch import nn

from ssl_core.data import Card
from ssl_core.models import MODELS
from ssl_core.models.state import take_state

SHIPPED = ("digits", "shapes")
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "every_label"


def shipped(card: Card) -> nn.Module | None:
    """The shipped network of a data set, in evaluation mode; None where none comes along, or its data are others."""
    if card.name not in SHIPPED:
        return None
    return _read(FOLDER / f"{card.name}.safetensors", card.fingerprint, card.channels, len(card.classes))


@lru_cache(maxsize=4)
def _read(path: Path, fingerprint: str, channels: int, classes: int) -> nn.Module | None:
    with safetensors.safe_open(path, "pt") as file:
        facts = json.loads(file.metadata()["few_label_lab"])
    if facts["fingerprint"] != fingerprint:
        return None
    return take_state(MODELS[facts["network"]](channels, classes), safetensors.torch.load_file(path))
