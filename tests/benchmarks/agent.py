"""Does an agent that learns the augmentation help? FixMatch with the same steps under six ways to choose operations.

python -m tests.benchmarks.agent [--data digits] [--labels 40] [--seeds 0 1 2 3 4] [--policies agent random ...]
                                 [--out assets/agent.json] [--table]

`random` is the agent that never uses what it learned (ε stays 1): the same turns, the same operations, nothing learned.
`labelled` is the agent whose reward is what the labelled pictures say, so that it sees no label more than the others;
`more` spends the labels of the validation set, which the agent's reward looks at, on training instead. Test accuracy of
the averaged weights at the end, by which nothing is chosen; seconds are the processor's. A result is written as soon as
it is there, and a second call goes on from what is written. --table only prints.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from ssl_core.augment.presets import agent_text
from ssl_core.data import load
from ssl_core.data.catalog import CATALOG
from ssl_core.figures.agent_worth import POLICIES, effects_of, sentence
from ssl_core.runs.files import read_json, write_json
from ssl_core.train.config import configure
from ssl_core.train.loop import train

NEVER = {"epsilon": 1.0, "epsilon_decay": 1.0}


def strong_of(data: str, policy: str) -> str:
    """The strong view of a policy, empty for training's own."""
    return {
        "agent": agent_text(CATALOG[data]),
        "labelled": agent_text(CATALOG[data], reward="labelled"),
        "random": agent_text(CATALOG[data], **NEVER),
        "ctaugment": "ctaugment",
    }.get(policy, "")


def trained(data: str, policy: str, labels: int, seed: int) -> dict[str, float]:
    """Test accuracy of one run, and the processor seconds that it took."""
    count = labels + (CATALOG[data].validation if policy == "more" else 0)
    rows: list[dict[str, Any]] = []
    config = configure(data, "fixmatch", count, seed, {"strong": strong_of(data, policy), "evaluations": 1})
    pictures, began = load(data), time.process_time()
    train(config, pictures, rows.append)
    return {"test": round(rows[-1]["test_accuracy"], 4), "seconds": round(time.process_time() - began, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits", choices=("digits", "shapes"))
    parser.add_argument("--labels", type=int, default=40)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--policies", nargs="+", default=list(POLICIES), choices=POLICIES)
    parser.add_argument("--out", type=Path, default=Path("assets/agent.json"))
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    table = read_json(args.out) if args.out.exists() else {}
    table = {"command": "python -m tests.benchmarks.agent", "sets": {}} | table
    results = table["sets"].setdefault(args.data, {}).setdefault(str(args.labels), {})
    for seed in [] if args.table else args.seeds:
        for policy in args.policies:
            if str(seed) not in results.setdefault(policy, {}):
                results[policy][str(seed)] = trained(args.data, policy, args.labels, seed)
                write_json(args.out, table)
                print(f"seed {seed}  {policy:<11} {results[policy][str(seed)]}", flush=True)
    for data, counts in table["sets"].items():
        for labels in counts:
            made = effects_of(table, data, labels)
            print(f"\n{data}, {labels} labels: {sentence(made)}")
            for one in made:
                print(f"  {one.name:<45} error {one.error:5.2f} %  against the agent {one.words}")


if __name__ == "__main__":
    main()
