"""What a thousand old runs cost.

    python -m tests.benchmarks.runs [COUNT]

Prints: server time of the Runs page, first and second look, and of a live tick of the Training page, each with no old
run and with COUNT (default 1,000) generated ones in the store; server time as Streamlit runs a page, without a browser.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store
from ssl_core.train.config import configure

METHODS = ("supervised", "supervised_strong", "mixmatch", "fixmatch")
LABELS = (10, 20, 40, 100)
ROWS = 100  # of a real run


def generate(root: Path, count: int, *, experiment: str = "old") -> None:
    """Folders of finished runs (each tenth stopped, each hundredth broken) as a worker leaves them, minus the weights."""
    chance = random.Random(0)
    configs = {(m, n): configure("digits", m, n, 0).to_dict() for m in METHODS for n in LABELS}
    root.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        method, labels = METHODS[number % 4], LABELS[number // 4 % 4]
        day, rest = divmod(number, 1000)
        folder = root / f"202601{day + 1:02d}-{rest:06d}000-{method.replace('_', '-')}-{labels}-s{number}-0000"
        folder.mkdir()
        if number % 100 == 99:
            (folder / "config.json").write_text("{")
            continue
        told = {"seed": number, "experiment": f"{experiment}-{number // 12}", "created": 1.7e9 + number}
        (folder / "config.json").write_text(json.dumps(configs[method, labels] | told))
        ended = ROWS // 2 if number % 10 == 9 else ROWS
        best, rows = 0.5 + 0.45 * chance.random(), []
        for step in range(ended + 1):
            row = {"step": 10 * step, "images": 320 * step, "seconds": 0.2 * step, "lr": 0.1}
            row |= {"loss": chance.random(), "loss_labelled": chance.random(), "loss_unlabelled": chance.random()}
            row |= {"mask_rate": 0.9, "pseudo_accuracy": best, "pseudo_counts": [chance.random() for _ in range(10)]}
            if step % 5 == 0:
                share = best * (1 - math.exp(-step / 15))
                row |= {"test_accuracy": share, "validation_accuracy": share, "validation_accuracy_live": share}
            rows.append(row)
        (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        end = {"state": "stopped" if ended < ROWS else "done", "why": "", "step": rows[-1]["step"]}
        score = {"test_accuracy": best, "validation_accuracy": best}
        write_json(folder / "end.json", end | score | {"seconds": rows[-1]["seconds"]})
        (folder / "lock").touch()


def seconds_of(call, times: int = 5) -> float:
    """Median of a few calls."""
    seen = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        seen.append(time.perf_counter() - began)
    return statistics.median(seen)


def page(store: Path, name: str) -> tuple[float, float]:
    """Server time of the first and of the second look at a page, by a process that has seen neither."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    os.environ["SSL_STORE"] = str(store)
    house = Path(__file__).resolve().parents[2]
    frame = AppTest.from_file(str(house / "pages" / "_frame.py"), default_timeout=120).run()
    frame.switch_page(str(house / "pages" / name)).run()  # what a page imports is paid by the first visitor alone
    st.cache_resource.clear()
    first = seconds_of(frame.run, 1)
    second = seconds_of(frame.run)
    assert not frame.exception, frame.exception
    return first, second


def tick(store: Store, experiment: str) -> float:
    """What the Training page asks of the store every second, for one experiment of twelve runs."""
    from ssl_core.data.catalog import CATALOG
    from ssl_core.runs.progress import ceiling_of, describe

    def look() -> None:
        rows = [describe(run) for run in store.of_experiment(experiment)]
        assert len(rows) == 12
        ceiling_of(store, "digits", CATALOG["digits"].pool)
        store.run(rows[0]["run"])

    look()
    return seconds_of(look, 50)


def main() -> None:
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        for old in (0, count):
            root = Path(folder) / str(old)
            generate(root, old)
            store = Store(root)
            for seed in range(12):
                store.add(configure("digits", METHODS[seed % 4], 10, seed).to_dict() | {"experiment": "now"})
            spent = tick(store, "now")
            first, second = page(root, "runs.py")
            print(
                f"{old:>5} old runs: Runs page {first:.2f} s, again {second:.2f} s; "
                f"live tick's look at the store {1000 * spent:.1f} ms",
                flush=True,
            )


if __name__ == "__main__":
    main()
