"""A trained network with everything needed to believe its answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from ssl_core.data import Card, Dataset, Split, split
from ssl_core.features.card import frozen
from ssl_core.features.kept import plain_views
from ssl_core.features.networks import marked
from ssl_core.models import ask
from ssl_core.predict.calibration import Reliability, fit_temperature, log_loss, reliability
from ssl_core.train.config import Config

MOST_TEST = 1_000  # pictures that calibration is shown on: enough for bins, quick on a processor


@dataclass(frozen=True)
class Calibration:
    """What the temperature did, on test pictures, which it was not fitted on; and the fitted loss before and after."""

    before: Reliability
    after: Reliability
    fitted_before: float
    fitted_after: float


@dataclass(frozen=True)
class Classifier:
    """A network in evaluation mode, its data set's card and its temperature (1 where none was fitted).

    `story` says where it comes from, in plain values: method, labels, seed, test_accuracy, run. `parts` says which
    training pictures it learned from, where that is known. `note` is one sentence about data that has changed since or
    is not here: then `card` is the network's own, and no data set stands behind it.
    """

    card: Card
    network: str
    model: nn.Module = field(repr=False)
    temperature: float = 1.0
    story: dict[str, Any] = field(default_factory=dict)
    parts: Split | None = field(default=None, repr=False)
    calibration: Calibration | None = field(default=None, repr=False)
    note: str = ""

    def logits(self, images: Tensor, at_once: int = 250) -> Tensor:
        """[N, L] of uint8 pictures [N, C, H, W]."""
        return ask.logits(self.model, images, at_once)

    def probabilities(self, images: Tensor) -> Tensor:
        """Calibrated class probabilities [N, L], float64, of uint8 pictures [N, C, H, W]."""
        return torch.softmax(self.logits(images).double() / self.temperature, dim=1)


def calibrated(config: Config, model: nn.Module, data: Dataset, story: dict[str, Any]) -> Classifier:
    """The network of a run, its temperature fitted on the run's own validation pictures."""
    parts = split(
        data.labels.numpy(),
        config.labels,
        config.seed,
        validation=data.card.validation,
        held=data.card.held,
        unlabelled=config.knobs.unlabelled_set,
        imbalance=config.training.imbalance,
    )
    story = {"method": config.method, "labels": config.labels, "seed": config.seed} | story
    raw = Classifier(data.card, config.training.model, model.eval(), 1.0, story, parts)
    held, labels = torch.from_numpy(parts.validation), data.labels[parts.validation]
    logits, test = _answers(raw, data, held)
    warm, truth = fit_temperature(logits, labels), data.test_labels[:MOST_TEST]
    if not len(truth):
        return Classifier(data.card, raw.network, raw.model, warm, story, parts)  # nothing to check it on
    shown = Calibration(
        reliability(torch.softmax(test, dim=1), truth),
        reliability(torch.softmax(test / warm, dim=1), truth),
        log_loss(logits, labels),
        log_loss(logits, labels, warm),
    )
    return Classifier(data.card, raw.network, raw.model, warm, story, parts, shown)


def _answers(raw: Classifier, data: Dataset, held: Tensor) -> tuple[Tensor, Tensor]:
    """Logits of the pictures `held` and, float64, of the test's first; from kept views where the network has some."""
    kept = plain_views(data, marked(raw.network)) if frozen(raw.network) else None
    if not kept:
        return raw.logits(data.images[held]), raw.logits(data.test_images[:MOST_TEST]).double()
    train, test = (rows.float() for rows in (kept[0][held], kept[1][:MOST_TEST]))
    with torch.no_grad(), ask.evaluating(raw.model):
        return raw.model.judged(train), raw.model.judged(test).double()
