"""A finished experiment without its training: runs whose networks never learned, enough to be looked at and asked."""

from __future__ import annotations

import json

import torch

from ssl_core.models import MODELS
from ssl_core.runs.files import write_json
from ssl_core.runs.saved import save_checkpoint
from ssl_core.runs.store import Run, Store
from ssl_core.train.config import configure

STEPS = (20, 60, 200)


def finished_experiment(store: Store, methods: tuple[str, ...] = ("supervised", "fixmatch")) -> list[Run]:
    """Runs of these methods on the digits with 20 and 40 labels, with curves and a measured end."""
    runs = []
    for labels in (20, 40):
        for place, method in enumerate(methods):
            config = configure("digits", method, labels, 0)
            run = store.add(config.to_dict() | {"experiment": "digits-finished"})
            rows = [
                {"step": step, "loss": 2 / step, "loss_labelled": 1 / step, "validation_accuracy": 0.5 + step / 500}
                for step in STEPS
            ]
            (run.folder / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
            with torch.random.fork_rng():
                torch.manual_seed(0)
                model = MODELS[config.training.model](1, 10)
            save_checkpoint(run.folder / "checkpoint.pt", {"average": model.state_dict(), "step": STEPS[-1]})
            score = 0.6 + 0.1 * place + labels / 400
            write_json(run.folder / "end.json", {"state": "done", "test_accuracy": score})
            runs.append(run)
    return runs
