"""A recipe judged by its lowest run as well as its mean: over seeds, and over the kernels that processors choose.

python -m tests.benchmarks.recipes_judged --method fixmatch [--data digits] [--labels 20] [--seeds 0-9]
    [--knob mu=4 forward=separate] [--paths default avx2] [--kept FILE]

The same seed gives other last bits where PyTorch picks other kernels, and with two labels a class a last bit can be
ten points. Every run that FILE holds is not run again, so that this can be stopped and goes on; runs follow one
another, one thread each. Prints the test accuracy of each run, mean and lowest, and the processor time of a run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

KERNELS = {"default": {}, "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}}
KEPT = Path("/tmp/few-label-lab-judged.jsonl")


def numbers(text: str) -> list[int]:
    """0-4 or 0,3,7 as numbers."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if last else [int(one) for one in text.split(",")]


def train_all(data: str, method: str, labels: int, knobs: dict[str, Any], seeds: list[int]) -> None:
    """Train here, in this process and with its kernels; a line of JSON for each seed."""
    from ssl_core.data import load
    from ssl_core.train.config import configure
    from ssl_core.train.loop import train
    from ssl_core.train.meter import Diverged

    pictures = load(data)
    for seed in seeds:
        rows: list[dict[str, Any]] = []
        began = time.process_time()
        try:
            train(configure(data, method, labels, seed, {"evaluations": 1} | knobs), pictures, rows.append)
            last = rows[-1]
            end = {"test": last["test_accuracy"], "validation": last["validation_accuracy"], "recall": last["recall"]}
        except Diverged:
            end = {"test": 0.0, "validation": 0.0}
        print(json.dumps({"seed": seed, **end, "seconds": round(time.process_time() - began, 2)}), flush=True)


def key_of(data: str, method: str, labels: int, knobs: dict[str, Any]) -> str:
    """What two runs must share to be the same but for seed and kernels: every knob, and the code's own words for it."""
    from ssl_core.train.config import configure

    whole = configure(data, method, labels, 0, {"evaluations": 1} | knobs).to_dict()
    return json.dumps({name: value for name, value in whole.items() if name != "seed"}, sort_keys=True)


def judged(
    data: str, method: str, labels: int, knobs: dict[str, Any], seeds: list[int], path: str, kept: Path
) -> list[dict[str, Any]]:
    """The rows of these seeds with these kernels; what `kept` lacks is trained and added to it."""
    key = key_of(data, method, labels, knobs)
    lines = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    rows = {row["seed"]: row for row in lines if row["key"] == key and row["path"] == path}
    missing = [seed for seed in seeds if seed not in rows]
    if missing:
        words = [sys.executable, "-m", "tests.benchmarks.recipes_judged", "--data", data, "--method", method]
        words += ["--labels", str(labels), "--seeds", ",".join(map(str, missing)), "--here", json.dumps(knobs)]
        with subprocess.Popen(words, env=os.environ | KERNELS[path], stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                row = json.loads(line) | {"path": path, "key": key}
                rows[row["seed"]] = row
                with kept.open("a") as file:
                    file.write(json.dumps(row) + "\n")
        if process.returncode:
            raise SystemExit(process.returncode)
    return [rows[seed] for seed in seeds]


def said(rows: list[dict[str, Any]]) -> str:
    """Mean, lowest, each, and seconds."""
    each = [100 * row["test"] for row in rows]
    seconds = sum(row["seconds"] for row in rows) / len(rows)
    return (
        f"mean {sum(each) / len(each):.1f}, lowest {min(each):.1f} %; {seconds:.1f} s of processor a run; "
        f"{' '.join(f'{one:.1f}' for one in each)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits")
    parser.add_argument("--method", default="fixmatch")
    parser.add_argument("--labels", type=int, nargs="+", default=[20])
    parser.add_argument("--seeds", type=numbers, default=numbers("0-9"))
    parser.add_argument("--knob", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument("--paths", nargs="+", choices=KERNELS, default=list(KERNELS))
    parser.add_argument("--kept", type=Path, default=KEPT)
    parser.add_argument("--here", type=json.loads, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.here is not None:
        train_all(args.data, args.method, args.labels[0], args.here, args.seeds)
        return
    from ssl_core.terminal.flags import read_knobs

    words = [part for one in args.knob for part in (f"--{one.partition('=')[0]}", one.partition("=")[2])]
    knobs = read_knobs(words, [args.method]).get(args.method, {})
    for labels in args.labels:
        everything = []
        for path in args.paths:
            rows = judged(args.data, args.method, labels, knobs, args.seeds, path, args.kept)
            everything += rows
            print(f"{args.data} {args.method} {labels} {knobs} {path}: {said(rows)}", flush=True)
        if len(args.paths) > 1:
            print(f"{args.data} {args.method} {labels} {knobs} all: {said(everything)}", flush=True)


if __name__ == "__main__":
    main()
