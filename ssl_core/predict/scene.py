"""What the Predict page shows of one picture, in plain values: numbers, words and small pictures."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from ssl_core.data import Dataset
from ssl_core.images.writing import to_source
from ssl_core.models import ask
from ssl_core.predict import saliency
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.neighbours import Bank, nearest
from ssl_core.predict.picture import Asked
from ssl_core.predict.views import views


class Answer(NamedTuple):
    """Calibrated probabilities by class, and the first and second choice."""

    probability: list[float]
    best: str
    second: str
    sure: float
    raw: float  # what the network says of `best` without calibration


class Shot(NamedTuple):
    """A small picture: the text an <img> takes, the words under it and those for who does not see it."""

    src: str
    caption: str
    alt: str


def answer(classifier: Classifier, asked: Asked) -> Answer:
    """What the network says to a picture."""
    names = classifier.card.classes
    told = classifier.probabilities(asked.image[None])[0]
    raw = torch.softmax(classifier.logits(asked.image[None]).double(), dim=1)[0]
    first, second = told.argsort(descending=True, stable=True)[:2].tolist()
    return Answer(told.tolist(), names[first], names[second], float(told[first]), float(raw[first]))


def moved(classifier: Classifier, asked: Asked, count: int, seed: int) -> tuple[dict[str, Any], dict[str, list[Shot]]]:
    """Under weak and strong views: mean, lowest and highest probability of each class; and the views as pictures."""
    spread, shots = {}, {}
    names, first = classifier.card.classes, classifier.probabilities(asked.image[None])[0].argmax()
    for kind, told in views(classifier, asked.image, count, seed).items():
        p = told.probability
        chosen = p.argmax(dim=1)
        spread[kind] = {
            "mean": p.mean(dim=0).tolist(),
            "low": p.amin(dim=0).tolist(),
            "high": p.amax(dim=0).tolist(),
            "same": int((chosen == first).sum()),
        }
        shots[kind] = [
            _shot(image, f"{names[c]}: {100 * float(row[c]):.0f} %", f"{kind} view {n + 1}")
            for n, (image, c, row) in enumerate(zip(told.images, chosen.tolist(), p, strict=True))
        ]
    return spread, shots


def alike(classifier: Classifier, held: Bank, data: Dataset, asked: Asked, count: int = 12) -> list[Shot]:
    """The nearest training pictures, with class, role and distance."""
    return [
        _shot(
            data.images[near.row],
            f"{data.card.class_of(near.label)}, {near.role}, {near.distance:.3f}",
            f"training picture {near.row}",
        )
        for near in nearest(classifier, held, data, asked.image, count)
    ]


def looked_at(classifier: Classifier, asked: Asked, seed: int) -> list[Shot]:
    """The picture, its gradient, SmoothGrad, and the picture where SmoothGrad is high."""
    x = asked.image[None].float() / 255
    name = classifier.card.classes[target := int(classifier.logits(asked.image[None]).argmax())]
    wanted = torch.tensor([target])
    plain = ask.saliency(classifier.model, x, wanted)[0]
    smooth = ask.smooth_saliency(classifier.model, x, wanted, torch.Generator().manual_seed(seed))[0]
    return [
        Shot(asked.source, "the picture", asked.title),
        Shot(to_source(saliency.heat_picture(plain)), "gradient", f"input gradient of {name}, bright where it is high"),
        Shot(to_source(saliency.heat_picture(smooth)), "SmoothGrad", f"smoothed gradient of {name}"),
        Shot(to_source(saliency.over_picture(smooth, asked.image)), "what is left", "the picture where it is high"),
    ]


def _shot(image: torch.Tensor, caption: str, name: str) -> Shot:
    return Shot(to_source(image), caption, f"{name}: {caption}")
