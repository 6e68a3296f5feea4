"""The network of a finished run, read through the safe path only."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from ssl_core.data import load
from ssl_core.features.networks import assembled
from ssl_core.predict.classifier import Classifier, calibrated
from ssl_core.predict.weights import MOST_BYTES, from_bytes
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
    average, standard = (saved.get("average"), saved.get("standard")) if isinstance(saved, dict) else (saved, None)
    return config, assembled(config.training.model, config.card.channels, len(config.card.classes), average, standard)


def classifier_of(run: Run | None) -> Classifier:
    """The same with its temperature fitted, ready to be asked; raises ValueError, one sentence."""
    config, model = load_trained(run)
    story = {"test_accuracy": run.end.get("test_accuracy"), "run": run.name}
    return calibrated(config, model, load(config.data), story)


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
