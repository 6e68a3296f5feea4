"""How good a line is where there is no test: cross-validation over the labels, an estimate with an interval, named so.

The labels at hand are no fair sample where somebody chose them: typical pictures are easier than most, unsure ones
harder. Each labelled picture therefore counts as the pictures that lie nearer to it than to any other labelled one
(their share of all pictures; Shimodaira 2000 on weights under covariate shift), and the interval is as wide as that few
effective pictures make it (Kish 1965: (Σw)²/Σw²).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.data.card import UNKNOWN
from ssl_core.intervals import interval_words, wilson

FEWEST = 10  # labels below which nothing is said
FOLDS = 5
TOO_FEW = "Nothing can be said yet: {} of at least {} labels."
Fit = Callable[[Tensor], Tensor]  # labels int64 [N] to class probabilities [N, classes]


class Estimate(NamedTuple):
    """An accuracy 0..1 with a 95 % interval, from `labels` labels that count as `effective`; None where none can be said."""

    accuracy: float | None
    low: float
    high: float
    labels: int
    effective: float

    @property
    def sentence(self) -> str:
        """What a person reads."""
        if self.accuracy is None:
            return TOO_FEW.format(self.labels, FEWEST)
        words = interval_words((self.low, self.high))
        return (
            f"Estimated by cross-validation over {self.labels} labels, not on a test: {100 * self.accuracy:.0f} % ({words})."
        )


def estimate(fit: Fit, spots: Tensor, labels: Tensor, *, seed: int = 0, folds: int = FOLDS) -> Estimate:
    """Teach without a fifth of the labels, ask about that fifth, five times over; `spots` [N, D] say what lies near what.

    Every class with two labels or more is in every lesson. The same for equal arguments.
    """
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    count = len(rows)
    if count < FEWEST:
        return Estimate(None, 0.0, 1.0, count, 0.0)
    right = out_of_fold(fit, labels, seed=seed, folds=folds).argmax(dim=1) == labels[rows]
    weight = weights(spots, rows)
    accuracy = float((weight * right).sum() / weight.sum())
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    low, high = wilson(min(max(accuracy, 0.0), 1.0), max(1, round(effective)))
    return Estimate(accuracy, low, high, count, effective)


def out_of_fold(fit: Fit, labels: Tensor, *, seed: int = 0, folds: int = FOLDS) -> Tensor:
    """For each labelled row, ascending, what a line says that was taught without its label, [n, classes]."""
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    fold = spread_over(labels[rows], min(folds, len(rows)), seed)
    answers: list[Tensor] = [torch.empty(0)] * len(rows)
    for number in fold.unique().tolist():
        held, taught = rows[fold == number], labels.clone()
        taught[held] = UNKNOWN
        said = fit(taught)
        for place, row in zip(torch.nonzero(fold == number)[:, 0].tolist(), held.tolist(), strict=True):
            answers[place] = said[row]
    return torch.stack(answers)


def spread_over(classes: Tensor, folds: int, seed: int) -> Tensor:
    """A fold 0..folds−1 for each row, drawn so that every class is spread over them as evenly as it can be."""
    mixed = torch.randperm(len(classes), generator=Generator().manual_seed(seed))
    by_class = mixed[torch.sort(classes[mixed], stable=True).indices]
    fold = torch.empty(len(classes), dtype=torch.int64)
    fold[by_class] = torch.arange(len(classes)) % folds
    return fold


def weights(spots: Tensor, rows: Tensor) -> Tensor:
    """How many of all pictures lie nearest to each of these rows, [n]; at least the row itself."""
    nearest = torch.cat([torch.cdist(part, spots[rows]).argmin(dim=1) for part in spots.split(4096)])
    return torch.bincount(nearest, minlength=len(rows)).clamp(min=1).double()
