"""The wall: some unlabelled pictures, always the same ones, and what the method would learn of each of them now.

Pictures are shown to the network as they are, in evaluation mode: no chance is drawn, and no batch statistic moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
import torch

from ssl_core.models.ask import logits
from ssl_core.train.config import Config
from ssl_core.train.loop import ROWS
from ssl_core.train.trainee import Trainee

PICTURES = 60
MOMENTS = 50  # of a whole run
SHARE = 0.03  # of the work of a run, by these estimates; measured it is a third of that: tests/benchmarks/wall.py
BACK = 3  # a picture that is trained on costs as much as three that are asked about
OVERHEAD = 90  # pictures that could be asked about in the time that one question takes beside its pictures
STREAM = 14  # of chance, apart from those that training draws from
DIGITS = 4


class Wall:
    """The pictures of one run, and a row of the record whenever one is due."""

    def __init__(self, trainee: Trainee) -> None:
        self.trainee = trainee
        self.places = wall_places(trainee)  # among the unlabelled pictures
        self.rows = trainee.free[self.places]  # among all
        self.between = spacing(trainee.config, len(self.rows))
        self._every = max(1, trainee.config.training.steps // ROWS)

    def due(self) -> bool:
        """Whether this is a moment to look: asked whenever the run's record has a new row."""
        step, last = self.trainee.step, self.trainee.config.training.steps
        return len(self.rows) > 0 and (step == last or step % self.between < self._every)

    @torch.no_grad()
    def row(self) -> dict[str, Any]:
        """What is believed of every picture; lists have an entry for each, a number stands for a list of equal ones.

        "truth" is −1 where nobody knows. "counts" is by how much the guess takes part in the loss. Only where they
        differ from the guess: "taught", the class that is learned, and "learned", how sure of it the target is.
        """
        run, method = self.trainee, self.trainee.config.knobs
        network = run.average.shadow if method.guesses_by_average else run.model
        answers = [logits(one, run.images[self.rows]) for one in method.guessers(network, run.companion)]
        belief = method.believe(answers[0] if len(answers) == 1 else torch.stack(answers), run.state, self.places)
        confidence, guess = belief.guess.max(dim=1)
        row = {
            "step": run.step,
            "truth": run.labels[self.rows].tolist(),
            "guess": guess.tolist(),
            "confidence": rounded(confidence.tolist()),
            "counts": shortened(rounded(belief.mask.float().tolist())),
        }
        if belief.threshold is not None:
            asked = torch.as_tensor(belief.threshold).expand(len(guess))
            row["threshold"] = shortened(rounded(asked.tolist()))
        if not torch.equal(belief.pseudo, guess):
            row["taught"] = belief.pseudo.tolist()
        if belief.soft is not None and not torch.equal(belief.soft, belief.guess):
            row["learned"] = rounded(belief.soft.max(dim=1).values.tolist())
        return row


def wall_places(trainee: Trainee) -> torch.Tensor:
    """Which of the unlabelled pictures hang there: drawn among those without a label, from the seed alone.

    So every method sees the same ones with the same seed and label count, and no hidden label is looked at.
    """
    free = trainee.free.cpu().numpy()
    others = np.setdiff1d(free, trainee.labelled.indices)
    random = np.random.Generator(np.random.PCG64([trainee.config.seed, STREAM]))
    chosen = random.permutation(others)[:PICTURES]
    order = np.argsort(free)
    return torch.from_numpy(order[np.searchsorted(free, chosen, sorter=order)]).to(trainee.device)


def spacing(config: Config, pictures: int) -> int:
    """Steps from one look to the next: at most MOMENTS looks, and at most SHARE of the work of the steps between."""
    training, method = config.training, config.knobs
    shown = training.batch * (1 + len(method.more_labelled) + method.ratio * len(method.unlabelled_views))
    dear = ceil((pictures + OVERHEAD) / (SHARE * BACK * shown))
    return max(training.steps // ROWS, training.steps // MOMENTS, dear, 1)


def rounded(values: Sequence[float]) -> list[float]:
    """As many digits as anybody sees."""
    return [round(value, DIGITS) for value in values]


def shortened(values: list[float]) -> list[float] | float:
    """One number where all are equal."""
    return values[0] if len(set(values)) == 1 else values
