"""Accuracy of a network on rows it does not train on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ssl_core.models.ask import probabilities


class Measured(NamedTuple):
    """What one look at rows with known labels says; lists have an entry for each class."""

    accuracy: float | None  # share of rows that are right, None where there are none
    recall: list[float | None]  # the same among the rows of each class, None for a class without any
    by_class: list[int]  # rows of each class

    @property
    def balanced(self) -> float | None:
        """Mean recall over the classes that have rows, None where none has: Brodersen et al. 2010."""
        known = [share for share in self.recall if share is not None]
        return sum(known) / len(known) if known else None


def measure(model: nn.Module, rows: Tensor, labels: Tensor, classes: int) -> Measured:
    """Ask once for all of it. NaN weights count as wrong."""
    if not len(rows):
        return Measured(None, [None] * classes, [0] * classes)
    right = _right(model, rows, labels)
    counts = torch.bincount(labels, minlength=classes).tolist()
    hits = torch.bincount(labels[right], minlength=classes).tolist()
    recall = [hit / count if count else None for hit, count in zip(hits, counts, strict=True)]
    return Measured(right.double().mean().item(), recall, counts)


def accuracy(model: nn.Module, rows: Tensor, labels: Tensor) -> float | None:
    """Share of rows whose most probable class is the label, None where there are none; NaN weights count as wrong."""
    if not len(rows):
        return None
    return _right(model, rows, labels).double().mean().item()


class Votes(NamedTuple):
    """What several networks say of the same rows; None where there are none."""

    each_accuracy: list[float | None]  # share of rows that each network alone has right
    together_accuracy: float | None  # the same of the mean of their probabilities
    disagreement: float | None  # share of rows that not all of them call the same class


def votes(networks: Sequence[nn.Module], rows: Tensor, labels: Tensor) -> Votes:
    """Ask every network once. NaN weights count as wrong."""
    if not len(rows):
        return Votes([None] * len(networks), None, None)
    answers = torch.stack([probabilities(network, rows) for network in networks])  # [M, N, L]
    winners = answers.argmax(dim=2)
    each = [_hits(answer, labels).double().mean().item() for answer in answers]
    apart = (winners != winners[0]).any(dim=0).double().mean().item()
    return Votes(each, _hits(answers.mean(dim=0), labels).double().mean().item(), apart)


def _hits(probability: Tensor, labels: Tensor) -> Tensor:
    return (probability.argmax(dim=1) == labels) & torch.isfinite(probability).all(dim=1)


def _right(model: nn.Module, rows: Tensor, labels: Tensor) -> Tensor:
    """Which rows are answered right, bool [N]."""
    return _hits(probabilities(model, rows), labels)
