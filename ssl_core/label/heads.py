"""The two networks that learn between two clicks: a line on kept features, taught by the labels alone or by FixMatch.

Both go through the training loop of every run, with the recipe for features and fewer steps: FixMatch on kept views is
quick enough (`python -m tests.benchmarks.heads`), so that nothing stands in for it. Classes without a label are left
out of the line and get probability 0: nobody has shown them yet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ssl_core.data.card import UNKNOWN
from ssl_core.features.embedded import Embedded
from ssl_core.knobs import build, knobs_of
from ssl_core.methods import METHODS
from ssl_core.models.ask import probabilities
from ssl_core.train.config import Config, Training
from ssl_core.train.config import defaults as usual
from ssl_core.train.loop import Taken, steps
from ssl_core.train.trainee import Trainee

MODEL = "efficientnet_lite0"
# Instead of the recipe's 400 steps with seven unlabelled rows for each labelled one: a quarter of the time, and on
# CIFAR-10's features 58.4 % instead of 60.8 with 10 typical labels, 71.5 instead of 73.5 with 40.
QUICK = {"supervised": {"steps": 120}, "fixmatch": {"steps": 120, "mu": 4, "lr": 0.01}}
HEADS = ("fixmatch", "supervised")  # the one that saw all pictures first, as orders want them


@dataclass(frozen=True)
class Head:
    """A line that has learned: its network over the classes it met, and which of all classes these are."""

    model: nn.Module | None  # None where one class alone was met
    met: Tensor  # int64, ascending
    classes: int

    def probabilities(self, rows: Tensor) -> Tensor:
        """Of all classes [N, classes], float32, for features in the units that it was taught in."""
        answer = torch.zeros(len(rows), self.classes)
        answer[:, self.met] = 1.0 if self.model is None else probabilities(self.model, rows)
        return answer

    def accuracy(self, rows: Tensor, labels: Tensor) -> float:
        """Share of rows that it answers right; raises ZeroDivisionError for none."""
        return int((self.probabilities(rows).argmax(dim=1) == labels).sum()) / len(labels)


def fit(data: Embedded, labels: Tensor, method: str, *, seed: int = 0, whole: bool = False) -> Head:
    """Teach a line these labels, int64 [N] of the training rows, UNKNOWN where there is none; the set's own are unread.

    `whole`: by the recipe as every run has it, not the quick one. Equal arguments give equal lines on a processor.
    Raises ValueError, one sentence, where nothing is labelled.
    """
    met = torch.unique(labels[labels != UNKNOWN])
    if not len(met):
        raise ValueError("Nobody has said the class of any picture yet: label a few first.")
    classes = len(data.card.classes)
    if len(met) == 1:
        return Head(None, met, classes)
    place = torch.full((classes,), UNKNOWN)
    place[met] = torch.arange(len(met))
    few = torch.where(labels == UNKNOWN, UNKNOWN, place[labels.clamp(min=0)])
    config = on_features(data.card.name, method, int((labels != UNKNOWN).sum()), seed, {} if whole else QUICK[method])
    card = dataclasses.replace(
        data.card, classes=tuple(data.card.classes[c] for c in met.tolist()), validation=0, held=False
    )
    threads = torch.get_num_threads()
    try:
        trainee = Trainee(config, dataclasses.replace(data, card=card, labels=few))
        for _ in _without_looking(trainee):
            pass
    finally:
        torch.set_num_threads(threads)
    return Head(trainee.average.shadow, met, classes)


def fit_both(data: Embedded, labels: Tensor, *, seed: int = 0) -> tuple[Head, Head]:
    """The two lines in the order of HEADS."""
    return fit(data, labels, HEADS[0], seed=seed), fit(data, labels, HEADS[1], seed=seed)


def answers(data: Embedded, heads: tuple[Head, ...]) -> tuple[Tensor, ...]:
    """What each line says of the training rows: `Known.heads`."""
    return tuple(head.probabilities(data.images) for head in heads)


def on_features(name: str, method: str, count: int = 0, seed: int = 0, changes: Mapping[str, Any] = {}) -> Config:
    """The recipe for features with these changes, unchecked: fewer labels than classes are no mistake here."""
    values = usual(name, method, MODEL) | {"evaluations": 1} | dict(changes)
    own = knobs_of(METHODS[method])
    return Config(
        name,
        method,
        count,
        seed,
        build(METHODS[method], {name: value for name, value in values.items() if name in own}, method),
        build(Training, {name: value for name, value in values.items() if name not in own}, "Training"),
    )


def _without_looking(trainee: Trainee) -> Iterator[Taken]:
    """The loop's steps up to the last one's own measurement, which nobody needs here."""
    trainee.test = (trainee.test[0][:0], trainee.test[1][:0])
    return steps(trainee)
