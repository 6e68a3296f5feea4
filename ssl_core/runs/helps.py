"""Do made pictures help? The comparison as ordinary runs of the store, and its results as a table that pages read.

python -m ssl_core helps --data digits shapes --labels 20 40 --out assets/made.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ssl_core.data.catalog import card
from ssl_core.helps import EACH, REAL, Row, rows_of
from ssl_core.knobs import knobs_of
from ssl_core.runs.experiment import Experiment
from ssl_core.runs.files import read_json, write_whole
from ssl_core.runs.variants import Variant
from ssl_core.train.config import Training, defaults

SEEDS = (0, 1, 2, 3, 4)
MAKERS = ("vae",)
BASE = "supervised"


def plan(
    data: str,
    labels: int,
    seeds: Sequence[int] = SEEDS,
    makers: Sequence[str] = MAKERS,
    each: int = EACH,
    knobs: Mapping[str, Any] | None = None,
) -> Experiment:
    """Every row as an experiment: `each` invented pictures a class, `knobs` changed in all rows.

    All rows have the loop of plain training, whatever a recipe of their own says. Raises ValueError, one sentence.
    """
    usual = defaults(data, BASE) | dict(knobs or {})
    shared = {name: value for name, value in usual.items() if name in knobs_of(Training)}
    filled = {"fill_to": -(-labels // len(card(data).classes)) + each, "real_share": REAL}
    rows, methods, variants = rows_of(makers), {}, []
    for row in rows.values():
        if row.knobs:
            more = filled if "rebalance" in row.knobs else {}
            variants.append(Variant(row.method, {**row.knobs, **more}, row.title))
        else:
            methods[row.method] = shared
    return Experiment(data, list(methods), [labels], seeds, methods, variants=variants)


def accuracies(described: Iterable[Mapping[str, Any]], rows: Mapping[str, Row]) -> dict[str, list[float]]:
    """Test accuracies of the rows that are done with all of plain training's seeds, in their order; by short name."""
    names = {(row.method, row.title if row.knobs else ""): name for name, row in rows.items()}
    scores: dict[str, dict[int, float | None]] = {name: {} for name in rows}
    for run in described:
        if name := names.get((run["method"], run["variant"] or "")):
            scores[name][run["seed"]] = run["value"] if run["state"] == "done" else None
    seeds = sorted(next(iter(scores.values())))
    shares = {name: [mine.get(seed) for seed in seeds] for name, mine in scores.items() if mine}
    done = {name: values for name, values in shares.items() if values and None not in values}
    return done if next(iter(rows)) in done else {}


def read_table(path: Path) -> dict[str, Any]:
    """The table that is there, or an empty one; raises ValueError, one sentence, for a file that is no such table."""
    table = read_json(path) if path.exists() else {"data": {}}
    if not isinstance(table.get("data"), dict):
        raise ValueError(f"{path.name} is no table of made pictures: name another file with --out.")
    return table


def write_table(path: Path, data: str, labels: int, entry: Mapping[str, Any]) -> None:
    """Put one comparison into the table at `path`, beside those that are there."""
    table = read_table(path)
    table["data"].setdefault(data, {})[str(labels)] = dict(entry)
    write_whole(path, (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode())
