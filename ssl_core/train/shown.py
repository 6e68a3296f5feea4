"""What a method shows of its making while it trains: pictures out of two labelled ones of a class, always the same."""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.models.ask import as_input
from ssl_core.train.loop import ROWS
from ssl_core.train.trainee import Trainee

MOST = 10  # pairs: one for each of the first ten classes
MOMENTS = 25  # of a whole run


class Shown:
    """The pairs of one run, and the pictures of a moment whenever one is due."""

    def __init__(self, trainee: Trainee) -> None:
        self.trainee = trainee
        self.pictures = trainee.companion is not None and not trainee.kept and trainee.images.dim() == 4
        self.first, self.second = pairs(trainee) if self.pictures else (None, None)
        steps = trainee.config.training.steps
        self._every, self._between = max(1, steps // ROWS), max(1, steps // MOMENTS)

    def due(self) -> bool:
        """Whether this is a moment to look: asked whenever the run's record has a new row."""
        step, last = self.trainee.step, self.trainee.config.training.steps
        return self.pictures and (step == last or step % self._between < self._every)

    @torch.no_grad()
    def rows(self) -> dict[str, Tensor]:
        """What the method shows now, by name, [n, C, H, W]; of averaged weights. Nothing is drawn by chance."""
        run = self.trainee
        first, second = (as_input(run.images[rows]) for rows in (self.first, self.second))
        return run.config.knobs.shown(run.companion_average.shadow, first, second)


def pairs(trainee: Trainee) -> tuple[Tensor, Tensor]:
    """The first two labelled pictures of each class as rows of all pictures; a single one is a pair with itself."""
    first, second = [], []
    known = torch.from_numpy(trainee.labelled.indices).to(trainee.device)
    for name in range(min(trainee.classes, MOST)):
        mine = known[trainee.labels[known] == name][:2]
        if len(mine):
            first.append(mine[0])
            second.append(mine[-1])
    return torch.stack(first), torch.stack(second)
