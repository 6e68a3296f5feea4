"""Π-model (Laine & Aila 2017, arXiv:1610.02242): two views of one picture should get the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, nn

from ssl_core.methods.contract import (
    Batch,
    Method,
    State,
    Step,
    frozen_statistics,
    mu_knob,
    ramp,
    ramp_knob,
    weight_knob,
)
from ssl_core.methods.losses import labelled_loss, labelled_seen, squared_difference, weights


@dataclass(frozen=True)
class PiModel(Method):
    """Cross-entropy on labelled, plus the squared difference between the answers to two weak views."""

    idea: ClassVar[str] = (
        "Show the network the same unlabelled picture twice, shifted differently, and punish different answers. "
        "It need not know the class to learn that a shift does not change it."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u(t)\,\frac1{\mu B L}\sum_b "
        r"\lVert \mathrm{sg}\,p(u_b^{(1)}) - p(u_b^{(2)})\rVert^2"
    )
    paper: ClassVar[str] = "Laine & Aila 2017, arXiv:1610.02242, algorithm 1; recipe of Berthelot et al. 2019."
    watch: ClassVar[str] = "The unlabelled loss: near zero from the start means that the two views hardly differ."
    breaks: ClassVar[str] = "Weak views that change little, and a large weight before the network knows anything."

    weight: float = weight_knob(10.0, "reference code; its CIFAR-10 script has 20", high=200.0)
    ramp: float = ramp_knob(0.4, "reference code")
    mu: int = mu_knob(1, "reference code")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """The first view gives the target, the second learns it."""
        return ("weak", "weak")

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Only the labelled forward pass moves batch norm's running statistics, as in the reference."""
        of_x, weight = model(batch.x), self.weight * ramp(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        with frozen_statistics(model):
            with torch.no_grad():
                belief = self.believe(model(batch.u[0]), state, batch.index)
            of_u = model(batch.u[1])
        unlabelled = squared_difference(belief.targets, of_u)
        return Step(
            labelled + weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "answers": of_u.softmax(dim=1),
                    "unlabelled_each": squared_difference(belief.targets, of_u, reduction="none"),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, weight),
                }
            ),
        )
