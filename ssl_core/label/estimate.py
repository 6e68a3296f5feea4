"""How good a line is where there is no test: cross-validation over the labels, an estimate with an interval, named so.

Only pictures drawn at random are judged: typical ones are easier than most and unsure ones harder, so that an estimate
by them misses, whatever weights are put on it (in simulated sessions it covered the truth in 0 to 50 % of cases at 100
labels). Every label is learned from. Where another order asks, some of its questions are draws for this:
ssl_core/label/questions.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.data.card import UNKNOWN
from ssl_core.intervals import interval_words, wilson

FEWEST = 10  # pictures below which nothing is said
FOLDS = 10
# Lessons share most of their labels, so that their mistakes are no independent ones (Nadeau and Bengio 2003): an
# interval for n pictures is as wide as one for n / 2. In simulated sessions 1 covered 82 to 93 %, 1.5 88 to 97 %.
SHARED = 2.0
TOO_FEW = "Nothing can be said yet: {} of at least {} labels of pictures drawn at random."
Fit = Callable[[Tensor], Tensor]  # labels int64 [N] to class probabilities [N, classes]


class Estimate(NamedTuple):
    """An accuracy 0..1 with its 95 % interval, judged by so many of `labels` pictures; None where none can be said."""

    accuracy: float | None
    low: float
    high: float
    judged: int
    labels: int

    @property
    def sentence(self) -> str:
        """What a person reads."""
        if self.accuracy is None:
            return TOO_FEW.format(self.judged, FEWEST)
        words = interval_words((self.low, self.high))
        some = "" if self.judged == self.labels else f" (judged by the {self.judged} drawn at random)"
        return (
            f"About {100 * self.accuracy:.0f} % ({words}), estimated by cross-validation over {self.labels} labels"
            f"{some}, not measured on a test."
        )


def estimate(fit: Fit, labels: Tensor, drawn: Tensor | None = None, *, seed: int = 0, folds: int = FOLDS) -> Estimate:
    """Teach without a tenth of the labels, ask about that tenth, ten times over.

    labels int64 [N], UNKNOWN where there is none; drawn bool [N]: drawn at random, None for all. The same for equal
    arguments. Labels that are wrong count as what they say.
    """
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    judged = torch.ones(len(rows), dtype=torch.bool) if drawn is None else drawn[rows]
    count = int(judged.sum())
    if count < FEWEST:
        return Estimate(None, 0.0, 1.0, count, len(rows))
    right = out_of_fold(fit, labels, seed=seed, folds=folds).argmax(dim=1) == labels[rows]
    accuracy = int(right[judged].sum()) / count
    return Estimate(accuracy, *wilson(accuracy, max(1, round(count / SHARED))), count, len(rows))


def out_of_fold(fit: Fit, labels: Tensor, *, seed: int = 0, folds: int = FOLDS) -> Tensor:
    """For each labelled row, ascending, what a line says that was taught without its label, [n, classes]."""
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    fold = spread_over(labels[rows], min(folds, len(rows)), seed)
    answers: list[Tensor] = [torch.empty(0)] * len(rows)
    for number in fold.unique().tolist():
        places = torch.nonzero(fold == number)[:, 0]
        taught = labels.clone()
        taught[rows[places]] = UNKNOWN
        said = fit(taught)
        for place in places.tolist():
            answers[place] = said[rows[place]]
    return torch.stack(answers)


def spread_over(classes: Tensor, folds: int, seed: int) -> Tensor:
    """A fold 0..folds−1 for each row, drawn so that every class is spread over them as evenly as it can be."""
    mixed = torch.randperm(len(classes), generator=Generator().manual_seed(seed))
    by_class = mixed[torch.sort(classes[mixed], stable=True).indices]
    fold = torch.empty(len(classes), dtype=torch.int64)
    fold[by_class] = torch.arange(len(classes)) % folds
    return fold
