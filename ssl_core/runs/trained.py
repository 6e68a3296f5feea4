"""The network of a finished run, read through the safe path only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from ssl_core.data import load
from ssl_core.models import MODELS
from ssl_core.models.state import take_state
from ssl_core.predict.classifier import Classifier, calibrated
from ssl_core.predict.weights import MOST_BYTES, from_bytes
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Run, Store
from ssl_core.runs.worker import load_checkpoint
from ssl_core.train.config import Config


def load_trained(run: Run | None) -> tuple[Config, nn.Module]:
    """Configuration and averaged network of a run; raises ValueError, one sentence, if it cannot be read."""
    saved = load_checkpoint(run.folder / "checkpoint.pt") if run else None
    if saved is None:
        raise ValueError("This run has no network any more: choose another one.")
    if not run.config:
        raise ValueError(run.why)
    config = Config.from_dict(run.config)
    model = MODELS[config.training.model](config.card.channels, len(config.card.classes))
    return config, take_state(model, saved.get("average") if isinstance(saved, dict) else saved)


def classifier_of(run: Run | None) -> Classifier:
    """The same with its temperature fitted, ready to be asked; raises ValueError, one sentence."""
    config, model = load_trained(run)
    story = _story(run)
    return calibrated(config, model, load(config.data), story)


def _story(run: Run) -> dict[str, Any]:
    """How good it was on how many test pictures, where that is known."""
    row = describe(run)
    tested = {"tested": row["tested"]} if row["tested"] else {}
    return {"test_accuracy": run.end.get("test_accuracy"), "run": run.name} | tested


def named(root: str, name: str, data: str, network: str) -> Classifier:
    """A run of the store at `root` by name, a run folder, or a weights file; raises ValueError, one sentence."""
    path = Path(name)
    run = Store(root).run(name) if Path(root).is_dir() else None  # asking makes no store
    if run is None and (path / "config.json").is_file():
        run = Run(path)
    if run is not None:
        return classifier_of(run)
    if not path.is_file():
        raise ValueError(f"There is no run, run folder or weights file {name!r}.")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is larger than any weights file that is read: {MOST_BYTES // 2**20} MB.")
    return from_bytes(path.read_bytes(), data, network)
