"""What weak() and strong() are for every data set of the catalog, knob by knob: policies.json beside this file.

    python -m tests.augment.snapshot

writes the file anew. A difference in it is a change of what every run is trained on: commit it with its reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ssl_core.augment import OPERATIONS, strong, weak
from ssl_core.augment.text import BLOCKS, number
from ssl_core.data.catalog import CATALOG
from ssl_core.knobs import knobs_of

FILE = Path(__file__).with_name("policies.json")
NAMES = {stage: name for name, stage in BLOCKS.items()}


def stage_lines(stage: Any) -> list[str]:
    """A stage with every knob, then the operations it draws from with their ranges."""
    values = [f"{name}={getattr(stage, name)}" for name in knobs_of(type(stage))]
    lines = [" ".join([NAMES[type(stage)], *values])]
    for operation in (OPERATIONS[name] for name in getattr(stage, "pool", ())):
        reach = f"{number(operation.low)}..{number(operation.high)}{' both signs' if operation.signed else ''}"
        lines.append(f"    {operation.name} {reach}")
    return lines


def snapshot() -> dict[str, dict[str, list[str]]]:
    """By data set and view, one line a stage or operation."""
    views = {"weak": weak, "strong": strong}
    return {
        name: {
            view: [line for stage in build(card).stages for line in stage_lines(stage)] for view, build in views.items()
        }
        for name, card in CATALOG.items()
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(snapshot(), indent=1) + "\n")
    print(f"{FILE} is written; look at its difference before you commit it.")
