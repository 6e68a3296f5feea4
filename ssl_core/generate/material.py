"""What a run of a maker may learn from: the labelled pictures of its seed's split, and nothing of the test."""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.data import Dataset, Split, split
from ssl_core.data.card import UNKNOWN
from ssl_core.generate.config import Config
from ssl_core.generate.contract import Material


def material_of(config: Config, data: Dataset | None, device: torch.device | str = "cpu") -> Material:
    """The labelled pictures that training with as many labels and this seed would have, with their labels.

    With `unlabelled` the others of the training part as well, whose labels are then −1, whatever the data set knows.
    Validation and test are never among them. Without a data set the material is empty.
    """
    if data is None:
        return Material(torch.empty(0, 3, 1, 1, dtype=torch.uint8), torch.empty(0, dtype=torch.int64), ())
    drawn = _drawn(config, data)
    known = torch.from_numpy(drawn.labelled)
    images, labels = data.images[known], data.labels[known]
    if config.training.unlabelled and config.labels < data.card.pool:
        free = torch.from_numpy(drawn.unlabelled)
        images = torch.cat([images, data.images[free]])
        labels = torch.cat([labels, torch.full((len(free),), UNKNOWN)])
    return Material(images.to(device), labels.to(device), data.card.classes)


def unseen_rows(config: Config, data: Dataset) -> Tensor:
    """The training rows of a known class that are not among the material, validation included; int64 [n]."""
    drawn, unseen = _drawn(config, data), data.labels != UNKNOWN
    unseen[torch.from_numpy(drawn.labelled)] = False
    if config.training.unlabelled:
        unseen[torch.from_numpy(drawn.unlabelled)] = False
    return unseen.nonzero().flatten()


def _drawn(config: Config, data: Dataset) -> Split:
    card = data.card
    return split(data.labels.numpy(), config.labels, config.seed, validation=card.validation, held=card.held)
