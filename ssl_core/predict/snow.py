"""Does a network look at the figure or at the ground? Measured on pictures whose figure and ground are known."""

from __future__ import annotations

from typing import NamedTuple

import torch

from ssl_core.data import Dataset
from ssl_core.data.shapes_snow import CLASSES, ON_SNOW, grounds
from ssl_core.images.writing import to_source
from ssl_core.models import ask
from ssl_core.predict import saliency
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.scene import Shot

ASKED = 100  # pictures whose gradients are looked at
GREY = 128  # the ground that tells nothing


class Study(NamedTuple):
    """Shares 0..1: accuracies on both grounds, whole and by class, and what the network looks at.

    on_ground is the share of the input gradient that lies outside of the figure; ground_area is what that share
    would be if it looked everywhere alike. ground_decides: how often it names a class of that ground when the figure
    is erased; one half is a guess. figure_alone: accuracy with every ground painted grey.
    """

    usual: float
    flipped: float
    usual_by_class: list[float]
    flipped_by_class: list[float]
    on_ground: float
    ground_area: float
    ground_decides: float
    figure_alone: float


def study(classifier: Classifier, data: Dataset) -> Study:
    """Everything about one network on a shapes_snow set."""
    known, labels = grounds(data.card), data.test_labels
    right = classifier.logits(data.test_images).argmax(dim=1) == labels

    def by_class(rows: torch.Tensor) -> list[float]:
        return [right[rows][labels[rows] == c].double().mean().item() for c in range(len(CLASSES))]

    # Every other ground for each half: both grounds, both answers.
    some = torch.cat([known.usual[: ASKED // 2], known.flipped[: ASKED // 2]])
    x = data.test_images[some].float() / 255
    heat = ask.saliency(classifier.model, x, classifier.logits(data.test_images[some]).argmax(dim=1))
    outside = 1 - known.cover[some]
    snow_class = torch.tensor([name in ON_SNOW for name in CLASSES])
    bare = snow_class[classifier.logits(known.bare).argmax(dim=1)] == known.snowy
    cover = known.cover[:, None]
    plain = (cover * data.test_images + (1 - cover) * GREY).round().to(torch.uint8)
    return Study(
        right[known.usual].double().mean().item(),
        right[known.flipped].double().mean().item(),
        by_class(known.usual),
        by_class(known.flipped),
        saliency.share_inside(heat, outside).nanmean().item(),
        outside.mean().item(),
        bare.double().mean().item(),
        (classifier.logits(plain).argmax(dim=1) == labels).double().mean().item(),
    )


def pairs(data: Dataset, count: int = 8) -> list[Shot]:
    """The first test pictures on their usual ground, then the same figures on the other one."""
    known, names = grounds(data.card), data.card.classes
    return [
        Shot(to_source(data.test_images[row]), names[int(data.test_labels[row])], f"{word} ground: {word}")
        for word, rows in (("usual", known.usual), ("flipped", known.flipped))
        for row in rows[:count].tolist()
    ]


def looks(classifier: Classifier, data: Dataset, count: int = 6) -> list[Shot]:
    """Where the network looks on the first flipped test pictures, and what it says: heat over each picture."""
    known, names = grounds(data.card), data.card.classes
    rows = known.flipped[:count]
    x = data.test_images[rows].float() / 255
    told = classifier.logits(data.test_images[rows]).argmax(dim=1)
    heat = ask.smooth_saliency(classifier.model, x, told, torch.Generator().manual_seed(0))
    shots = []
    for place, row in enumerate(rows.tolist()):
        says, truth = names[int(told[place])], names[int(data.test_labels[row])]
        words = f"{says}, right" if says == truth else f"{says}, is {truth}"
        shots.append(Shot(to_source(data.test_images[row]), words, f"flipped ground, the network says {words}"))
        shots.append(Shot(to_source(saliency.heat_picture(heat[place])), "looks here", f"where it looks for {says}"))
    return shots
