"""The training pictures that look most alike to the network: nearest in the features before its last layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ssl_core.data import Dataset
from ssl_core.models import ask
from ssl_core.predict.classifier import Classifier

MOST = 2_000  # every labelled picture, and others up to here: a second of a processor for a small network
ROLES = ("labelled", "unlabelled", "validation", "training")


@dataclass(frozen=True)
class Bank:
    """Features [N, D] of unit length, the rows of the training pictures they belong to, and each one's role."""

    features: Tensor
    rows: Tensor
    roles: list[str]


class Neighbour(NamedTuple):
    """A training picture: its row, label, role, and its distance 1 − cosine, 0..2."""

    row: int
    label: int
    role: str
    distance: float


def features(classifier: Classifier, images: Tensor, at_once: int = 250) -> Tensor:
    """What the last layer sees of uint8 pictures [N, C, H, W], at unit length, [N, D] float64."""
    return torch.nn.functional.normalize(ask.features(classifier.model, images, at_once).double(), dim=1)


def bank(classifier: Classifier, data: Dataset, most: int = MOST) -> Bank:
    """Features of the labelled pictures and of as many others as fit, chosen by a fixed draw.

    Raises ValueError, one sentence, where these are not the pictures that the network learned from.
    """
    if classifier.note:
        raise ValueError(classifier.note)
    roles = np.full(len(data.labels), "training", dtype=object)
    first = np.empty(0, dtype=np.int64)
    if classifier.parts:
        for role in ("validation", "unlabelled", "labelled"):  # a labelled picture may serve as an unlabelled one, too
            roles[getattr(classifier.parts, role)] = role
        first = classifier.parts.labelled[:most]
    others = np.setdiff1d(np.arange(len(roles)), first)
    rows = np.concatenate([first, np.random.RandomState(0).permutation(others)[: most - len(first)]])
    where = torch.from_numpy(rows)
    return Bank(features(classifier, data.images[where]), where, roles[rows].tolist())


def nearest(classifier: Classifier, held: Bank, data: Dataset, image: Tensor, count: int = 12) -> list[Neighbour]:
    """The `count` training pictures nearest to uint8 [C, H, W], nearest first."""
    distance = 1 - held.features @ features(classifier, image[None])[0]
    near = distance.argsort(stable=True)[:count].tolist()
    return [
        Neighbour(int(held.rows[n]), int(data.labels[held.rows[n]]), held.roles[n], max(0.0, float(distance[n])))
        for n in near
    ]
