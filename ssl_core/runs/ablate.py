"""A method taken apart as an ordinary experiment, and its results as a table that pages read.

python -m ssl_core ablate --method mixmatch --data digits --labels 20 --seeds 0 1 2 --out assets/ablations.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ssl_core.method_cards import CARDS
from ssl_core.methods.ablation import Ablation, ablation_of, taken_apart
from ssl_core.runs.experiment import Experiment
from ssl_core.runs.files import read_json, write_whole
from ssl_core.runs.variants import Variant
from ssl_core.train.config import Config, configure

SEEDS = (0, 1, 2)


class Plan(NamedTuple):
    """The experiment, and a sentence for each variant that this data set or network has no use for."""

    experiment: Experiment
    left_out: tuple[str, ...]


def plan(
    method: str,
    data: str,
    labels: int,
    seeds: Sequence[int] = SEEDS,
    knobs: Mapping[str, Any] | None = None,
) -> Plan:
    """The untouched method and its variants, `knobs` set in all of them; raises ValueError, one sentence."""
    ablation = found(method)
    shared = dict(knobs or {})
    first: dict[Config, str] = {configure(data, method, labels, 0, shared): ablation.rows[0].name}
    variants, left_out = [], []
    for row in (row for row in ablation.rows if row.knobs):
        try:
            config = configure(data, method, labels, 0, shared | dict(row.knobs))
        except ValueError as wrong:
            left_out.append(f"{row.name}: {wrong}")
            continue
        if (same := first.setdefault(config, row.name)) == row.name:
            variants.append(Variant(method, row.knobs, row.name))
        else:
            left_out.append(f"{row.name}: here that is the same as “{same}”.")
    return Plan(Experiment(data, [method], [labels], seeds, {method: shared}, variants=variants), tuple(left_out))


def found(method: str) -> Ablation:
    """The method's ablation; raises ValueError, one sentence, where nobody wrote one."""
    if ablation := ablation_of(method):
        return ablation
    title = CARDS[method].title if method in CARDS else repr(method[:60])
    raise ValueError(f"Nobody has taken {title} apart yet: choose {' or '.join(taken_apart())}.")


def accuracies(ablation: Ablation, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Test accuracies by variant, in the order of the untouched method's seeds; {} until all of its runs are done.

    `rows` are described runs, of one label count. A variant is there once it is done with all of these seeds.
    """
    base = ablation.rows[0].name
    scores: dict[str, dict[int, float | None]] = {row.name: {} for row in ablation.rows}
    for row in rows:
        if row["method"] == ablation.of and (mine := scores.get(row["variant"] or base)) is not None:
            mine[row["seed"]] = row["value"] if row["state"] == "done" else None
    seeds = sorted(scores[base])
    shares = {name: [mine.get(seed) for seed in seeds] for name, mine in scores.items() if mine}
    done = {name: values for name, values in shares.items() if values and None not in values}
    return done if base in done else {}


def read_table(path: Path) -> dict[str, Any]:
    """The table that is there, or an empty one; raises ValueError, one sentence, for a file that is no such table."""
    table = read_json(path) if path.exists() else {"methods": {}}
    if not isinstance(table.get("methods"), dict):
        raise ValueError(f"{path.name} is no table of ablations: name another file with --out.")
    return table


def write_table(path: Path, method: str, data: str, labels: int, entry: dict[str, Any]) -> None:
    """Put one ablation into the table at `path`, beside those that are there."""
    table = read_table(path)
    table["methods"].setdefault(method, {}).setdefault(data, {})[str(labels)] = entry
    write_whole(path, (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode())
