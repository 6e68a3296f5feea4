"""Texture against shape: what a network says when a picture keeps its shapes and takes another picture's look.

Geirhos et al. (2019, "ImageNet-trained CNNs are biased towards texture") showed networks a cat in an elephant's skin.
Here a figure takes over colours, contrast and grain of a picture from the other ground.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ssl_core.augment import from_text
from ssl_core.augment.chance import normal
from ssl_core.augment.restyle import statistics, taken_over
from ssl_core.data import Dataset
from ssl_core.data.shapes_snow import CLASSES, ON_SNOW, grounds
from ssl_core.images.writing import to_source
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.scene import Shot

SEED = 0  # the same looks for every network


class Looks(NamedTuple):
    """Shares 0..1 of test pictures on their usual ground.

    own: right as they are. shape: right in the look of a picture from the other ground. look: names a class of the
    ground whose look was taken, right or not; one half is a guess. drawn: right in a drawn look of photographs and
    patterns.
    """

    own: float
    shape: float
    look: float
    drawn: float


def exchanged(data: Dataset, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Test pictures uint8 in the look of pictures from the other ground, and whether that one is snow [n]."""
    known, x = grounds(data.card), data.test_images.float() / 255
    partners = torch.empty_like(rows)
    for snowy in (True, False):
        mine = known.snowy[rows] == snowy
        others = known.usual[known.snowy[known.usual] != snowy]
        partners[mine] = others[torch.arange(int(mine.sum())) % len(others)]
    luck = torch.rand(len(rows), 2, generator=torch.Generator().manual_seed(SEED))
    side = x.shape[-1]
    y = taken_over(x[rows], statistics(x[partners]), normal(luck, side * side).view(-1, 1, side, side))
    return _bytes(y), known.snowy[partners]


def looks(classifier: Classifier, data: Dataset) -> Looks:
    """What a network on a shapes_snow set goes by."""
    rows = grounds(data.card).usual
    truth, x = data.test_labels[rows], data.test_images[rows]
    other, snowy = exchanged(data, rows)
    drawn = _bytes(from_text("restyle(1)")(x.float() / 255, torch.Generator().manual_seed(SEED)))
    says = classifier.logits(other).argmax(dim=1)
    of_snow = torch.tensor([name in ON_SNOW for name in CLASSES])
    return Looks(
        _right(classifier, x, truth),
        (says == truth).double().mean().item(),
        (of_snow[says] == snowy).double().mean().item(),
        _right(classifier, drawn, truth),
    )


def exchanged_shots(data: Dataset, classifiers: dict[str, Classifier], count: int = 6) -> list[Shot]:
    """The first pictures in the look of the other ground, and what each network takes them for."""
    rows = grounds(data.card).usual[:count]
    other, snowy = exchanged(data, rows)
    said = {name: one.logits(other).argmax(dim=1).tolist() for name, one in classifiers.items()}
    shots = []
    for place, row in enumerate(rows.tolist()):
        truth = CLASSES[int(data.test_labels[row])]
        words = "; ".join(f"{name}: {CLASSES[answers[place]]}" for name, answers in said.items())
        look = f"{truth} in the look of {'snow' if snowy[place] else 'meadow'}"
        shots.append(Shot(to_source(other[place]), words or look, f"{look}. {words}"))
    return shots


def _right(classifier: Classifier, pictures: Tensor, truth: Tensor) -> float:
    return (classifier.logits(pictures).argmax(dim=1) == truth).double().mean().item()


def _bytes(x: Tensor) -> Tensor:
    return (255 * x.clamp(0, 1)).round().to(torch.uint8)
