"""The table of results: every method on every built-in data set, a few label counts, three seeds; made by one command.

    python -m ssl_core results

What is done is kept, so the command can be stopped and goes on; more methods are added to the table that is there.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ssl_core.launch.local import cores, slots
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import read_json, write_whole
from ssl_core.runs.runner import Pool
from ssl_core.runs.store import Run, Store

LABELS = {"digits": (10, 20, 40, 100), "shapes": (40,)}
SEEDS = (0, 1, 2)


def experiment_of(data: str, method: str) -> Experiment:
    """The runs of one line of the table."""
    return Experiment(data, [method], LABELS[data], SEEDS)


def measure(store: Store, data: str, method: str, watch: Callable[[str], None] = print) -> dict[str, Any]:
    """Train one method on one data set with every label count and seed: {"20": {"test": [...]}}.

    Raises ValueError, one sentence, if a run fails.
    """
    runs = enqueue(store, experiment_of(data, method)).runs
    pool = Pool(store, slots(), {run.name for run in runs})
    while pool.tick():
        pool.wait(0.2)
    by_count: dict[str, Any] = {}
    for run in runs:
        end = run.end
        if end.get("state") != "done" or "test_accuracy" not in end:
            raise ValueError(f"{run.name} ended as {run.state}: {end.get('why', '')}")
        row = by_count.setdefault(str(run.config["labels"]), {"test": []})
        row["test"].append(round(end["test_accuracy"], 4))
    for count, row in by_count.items():
        watch(f"{data} {method} {count} labels: {' '.join(f'{100 * a:.1f}' for a in row['test'])} %")
    return by_count


def ceiling(store: Store, data: str) -> float:
    """Test accuracy of supervised learning with every label."""
    config = Experiment(data, ["supervised"], LABELS[data], SEEDS[:1]).ceiling_config()
    wanted = config.to_dict() | {"role": "ceiling"}
    done = [run for run in store.of_data(data) if run.config.get("role") == "ceiling"]
    run = done[0] if done else store.add(wanted)
    pool = Pool(store, 1, {run.name})
    while pool.tick():
        pool.wait(0.2)
    end = Run(run.folder).end
    if "test_accuracy" not in end:
        raise ValueError(f"{run.name} ended as {run.state}: {end.get('why', '')}")
    return round(end["test_accuracy"], 4)


def read(path: Path) -> dict[str, Any]:
    """The table that is there, or an empty one; raises ValueError, one sentence, for a file that is no such table."""
    table = read_json(path) if path.exists() else {"command": "", "machine": "", "data": {}, "ceiling": {}}
    if not all(isinstance(table.get(part), dict) for part in ("data", "ceiling")):
        raise ValueError(f"{path.name} is no table of results: name another file with --out.")
    return table


def record(
    store: Store, out: Path, datasets: Sequence[str], methods: Sequence[str], watch: Callable[[str], None] = print
) -> dict[str, Any]:
    """Measure what is asked for and put it into the table at `out`, method by method."""
    for data in datasets:
        if data not in LABELS:
            raise ValueError(f"The table has {', '.join(LABELS)}, not {data!r}.")
        for method in methods:
            by_count = measure(store, data, method, watch)
            table = read(out)  # read again: another process may have added a row
            table |= {"command": "python -m ssl_core results", "machine": machine()}
            table["data"].setdefault(data, {})[method] = by_count
            write_whole(out, _as_bytes(table))
        table = read(out)
        table["ceiling"][data] = ceiling(store, data)
        write_whole(out, _as_bytes(table))
    return read(out)


def machine() -> str:
    """What it was measured on, in words."""
    import torch

    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return f"{cores()} cores of {platform.machine()}, {card}, one thread a run"


def _as_bytes(table: dict[str, Any]) -> bytes:
    return (json.dumps(table, indent=1) + "\n").encode()
