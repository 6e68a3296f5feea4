"""Pictures beside the labelled ones that nobody took: copies, SMOTE's, or those a maker has made for this run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ssl_core.data import Dataset, Split, split
from ssl_core.train.config import Config

BETWEEN = ("copies", "smote")  # what needs nothing but the labelled pictures themselves


@dataclass(frozen=True)
class WithMade(Dataset):
    """A data set, and beside it the pictures that a maker made for one run: never among the set's own rows."""

    made_images: Tensor  # uint8 [n, C, H, W]
    made_labels: Tensor  # int64 [n], the class each was asked to show


class Labelled(NamedTuple):
    """The rows of data set and invented ones behind them, and which of them are labelled, as often as they are shown.

    `rows` has each once; `shown` repeats those of the data set where a run wants them to keep a share of its batches.
    """

    images: Tensor
    labels: Tensor
    rows: np.ndarray
    shown: np.ndarray


def drawn_by(config: Config, data: Dataset) -> Split:
    """Which rows of the data set are labelled, unlabelled and validation in this run."""
    return split(
        data.labels.numpy(),
        config.labels,
        config.seed,
        validation=data.card.validation,
        held=data.card.held,
        unlabelled=config.knobs.unlabelled_set,
        imbalance=config.training.imbalance,
    )


def lacking(config: Config, labels: Tensor) -> Tensor:
    """The classes of the pictures that fill a labelled set with these labels as the run wants it, int64 [n]."""
    from ssl_core.oversample.smote import missing

    wanted = missing(labels.numpy(), config.training.fill_to)
    return torch.tensor([label for label, count in wanted.items() for _ in range(count)], dtype=torch.int64)


def labelled_set(config: Config, data: Dataset, drawn: np.ndarray) -> Labelled:
    """The rows `drawn` from the data set, with what the run's `rebalance` invents beside them."""
    if config.training.rebalance == "none":
        return Labelled(data.images, data.labels, drawn, drawn)
    images, labels = (
        (data.made_images, data.made_labels) if isinstance(data, WithMade) else _between(config, data, drawn)
    )
    added = np.arange(len(data.images), len(data.images) + len(images))
    shown = np.concatenate([np.tile(drawn, repeats(len(drawn), len(added), config.training.real_share)), added])
    rows = np.concatenate([drawn, added])
    return Labelled(torch.cat([data.images, images]), torch.cat([data.labels, labels]), rows, shown)


def repeats(real: int, invented: int, share: float) -> int:
    """How often each of `real` pictures must be shown beside `invented` ones to keep at least this share, 1 or more."""
    return max(1, int(np.ceil(share / (1 - share) * invented / real - 1e-9)))


def _between(config: Config, data: Dataset, drawn: np.ndarray) -> tuple[Tensor, Tensor]:
    from ssl_core.oversample.rebalance import rebalance  # scikit-learn takes a second to import

    if config.training.rebalance not in BETWEEN:
        raise ValueError("The pictures that a maker makes for this run are not here: they are made when it is trained.")
    training, images, labels = config.training, data.images[drawn].numpy(), data.labels[drawn].numpy()
    filled = rebalance(training.rebalance, images, labels, config.seed, fill=training.fill_to)
    for note in filled.notes:
        print(note)
    return torch.from_numpy(filled.images[len(drawn) :]), torch.from_numpy(filled.labels[len(drawn) :])
