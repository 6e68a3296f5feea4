"""Measure the looks that `restyle` draws from: python -m tests.augment.styles writes ssl_core/augment/styles.json.

Four quarters of each photograph that ships and the four patterns, at 64 pixels a side.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from ssl_core.augment import restyle
from ssl_core.data.paintings import PAINTINGS
from ssl_core.data.photos import PHOTOS
from ssl_core.data.single import single

SIDE = 64
FILE = Path(restyle.__file__).with_name("styles.json")


def looks() -> dict[str, Tensor]:
    """Pictures [3, SIDE, SIDE] by name."""
    found = {}
    for name in PHOTOS:
        whole = single(name, 2 * SIDE)
        for number, part in enumerate(half for rows in whole.chunk(2, 1) for half in rows.chunk(2, 2)):
            found[f"{name} {number + 1}"] = part
    return found | {name: single(name, SIDE) for name in PAINTINGS}


def measured() -> dict[str, dict[str, list]]:
    """Mean, deviation and detail of each, to four digits."""
    names, x = zip(*looks().items(), strict=True)
    parts = restyle.statistics(torch.stack(x))._asdict()
    return {
        name: {part: values[row].double().round(decimals=4).tolist() for part, values in parts.items()}
        for row, name in enumerate(names)
    }


if __name__ == "__main__":
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(look)}" for name, look in measured().items())
    FILE.write_text("{\n" + lines + "\n}\n")
