"""The network of a finished run, read through the safe path only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import nn

from ssl_core.data import Card, Dataset, find_card, load
from ssl_core.features.networks import assembled
from ssl_core.models import MODELS
from ssl_core.predict.classifier import Classifier, calibrated
from ssl_core.predict.weights import MOST_BYTES, from_bytes
from ssl_core.runs.origin import changed, check_same, own_card
from ssl_core.runs.progress import describe
from ssl_core.runs.saved import load_checkpoint
from ssl_core.runs.store import Run, Store
from ssl_core.train.config import Config


def load_trained(run: Run | None) -> tuple[Config, nn.Module]:
    """Configuration and averaged network of a run; raises ValueError, one sentence, if it cannot be read.

    And where its data is not what it learned from any more: who asks for both would mix them up.
    """
    saved = _saved(run)
    config = Config.from_dict(run.config)
    check_same(run.config, config.card)
    return config, _network(config.training.model, config.card, saved)


def classifier_of(
    run: Run | None,
    read: Callable[[str], Dataset] = load,
    trained: Callable[[Run], tuple[Config, nn.Module]] = load_trained,
) -> Classifier:
    """The same with its temperature fitted, ready to be asked; raises ValueError, one sentence.

    Where the pictures or classes of its data have changed since, or are gone, it answers with its own class names,
    without a fitted temperature, and says so in `note`. `read` and `trained` load a data set and a network: a page
    keeps both.
    """
    if run is None or not run.config:
        load_trained(run)  # says what is wrong
    story, now = _story(run), find_card(run.config["data"])
    if why := changed(run.config, now):
        return _alone(run, now, why, story)
    config, model = trained(run)
    data = read(config.data)
    if why := changed(run.config, data.card):  # between the two looks
        return _alone(run, data.card, why, story)
    return calibrated(config, model, data, story)


def _saved(run: Run | None) -> Any:
    saved = load_checkpoint(run.folder / "checkpoint.pt") if run else None
    if saved is None:
        raise ValueError("This run has no network any more: choose another one.")
    if not run.config:
        raise ValueError(run.why)
    return saved


def _network(name: Any, card: Card, saved: Any) -> nn.Module:
    if not isinstance(name, str) or name not in MODELS:
        raise ValueError(f"There is no network {str(name)[:60]!r}. Choose one of {', '.join(MODELS)}.")
    average, standard = (saved.get("average"), saved.get("standard")) if isinstance(saved, dict) else (saved, None)
    return assembled(name, card.channels, len(card.classes), average, standard)


def _alone(run: Run, now: Card | None, why: str, story: dict[str, Any]) -> Classifier:
    card, config = own_card(run.config, now), run.config
    network = config["training"].get("model")
    story = {key: config[key] for key in ("method", "labels", "seed")} | story
    note = f"{why} It answers with its own class names, and its probabilities are not calibrated."
    return Classifier(card, network, _network(network, card, _saved(run)), 1.0, story, note=note)


def data_of(root: str, name: str) -> str:
    """What the data set of a run is called; nothing where there is no such run."""
    run = _run(root, name)
    return str(run.config.get("data", "")) if run else ""


def _story(run: Run) -> dict[str, Any]:
    """How good it was on how many test pictures, where that is known."""
    row = describe(run)
    tested = {"tested": row["tested"]} if row["tested"] else {}
    return {"test_accuracy": run.end.get("test_accuracy"), "run": run.name} | tested


def named(root: str, name: str, data: str, network: str) -> Classifier:
    """A run of the store at `root` by name, a run folder, or a weights file; raises ValueError, one sentence."""
    path, run = Path(name), _run(root, name)
    if run is not None:
        return classifier_of(run)
    if not path.is_file():
        raise ValueError(f"There is no run, run folder or weights file {name!r}.")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is larger than any weights file that is read: {MOST_BYTES // 2**20} MB.")
    return from_bytes(path.read_bytes(), data, network)


def _run(root: str, name: str) -> Run | None:
    run = Store(root).run(name) if Path(root).is_dir() else None  # asking makes no store
    return Run(Path(name)) if run is None and (Path(name) / "config.json").is_file() else run
