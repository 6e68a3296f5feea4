"""What a run's network says about the test pictures: which classes it confuses, and where it is wrong most surely."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ssl_core.data import load
from ssl_core.models.ask import probabilities
from ssl_core.runs.origin import check_same
from ssl_core.runs.store import Run
from ssl_core.runs.trained import load_trained


class Mistake(NamedTuple):
    """A test picture uint8-rounded in 0..1 [C, H, W], its class, the class that was said, and how surely."""

    picture: Any
    label: str
    guess: str
    confidence: float
    index: int


class Judged(NamedTuple):
    """`matrix[true][guessed]` counts test pictures; `mistakes` are the surest ones first."""

    classes: tuple[str, ...]
    matrix: list[list[int]]
    mistakes: list[Mistake]
    wrong: int
    tested: int


def judge(run: Run, most: int = 24) -> Judged:
    """Predict the test set with the averaged weights; raises ValueError, one sentence, if there is either none."""
    config, model = load_trained(run)
    data = load(config.data)
    check_same(run.config, data.card)
    classes = data.card.classes
    if not len(data.test_labels):
        raise ValueError("This data set has no test pictures: give it some, and this run can be judged by them.")
    confidence, guess = probabilities(model, data.test_images).max(dim=1)
    return judged(classes, data.test_images, data.test_labels, guess, confidence, most)


def judged(
    classes: tuple[str, ...], images: Tensor, labels: Tensor, guess: Tensor, confidence: Tensor, most: int
) -> Judged:
    """The same from guesses [N] and confidences [N] about pictures uint8 [N, C, H, W] with labels [N]."""
    count = len(classes)
    matrix = torch.bincount(labels * count + guess, minlength=count * count).reshape(count, count).tolist()
    wrong = (guess != labels).nonzero()[:, 0]
    surest = wrong[confidence[wrong].argsort(descending=True)][:most]
    mistakes = [
        Mistake((images[i] / 255).numpy(), classes[labels[i]], classes[guess[i]], confidence[i].item(), i)
        for i in surest.tolist()
    ]
    return Judged(classes, matrix, mistakes, len(wrong), len(labels))
