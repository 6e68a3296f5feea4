"""Pseudo-Label (Lee 2013): believe confident guesses, and learn them on the very picture they were made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import (
    Batch,
    Belief,
    Method,
    State,
    Step,
    frozen_statistics,
    mu_knob,
    ramp,
    ramp_knob,
    weight_knob,
)
from ssl_core.methods.fixmatch import gated_losses, select, unlabelled_loss
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights


@dataclass(frozen=True)
class PseudoLabel(Method):
    """Cross-entropy on labelled, plus cross-entropy of unlabelled with their own confident guess."""

    idea: ClassVar[str] = (
        "Guess the class of an unlabelled picture, and if the guess is confident, train on it as if it were the label. "
        "Guess and lesson are the same picture, so the network mostly hardens what it believes already."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u(t)\,\frac1{\mu B}\sum_b "
        r"\mathbf 1[\max p(u_b) > \tau]\; H(\arg\max p(u_b),\,p(u_b))"
    )
    paper: ClassVar[str] = "Lee 2013, ICML workshop; recipe of Berthelot et al. 2019, arXiv:1905.02249, appendix."
    watch: ClassVar[str] = "Accuracy of the pseudo-labels: it cannot correct itself, so what starts wrong stays wrong."
    breaks: ClassVar[str] = "Very few labels: confident mistakes of the first steps are learned by heart."

    threshold: float = knob(
        0.95, "τ: how confident a guess must be to count.", title="Threshold", low=0.0, high=1.0,
        source="reference code",
    )  # fmt: skip
    threshold_op: str = knob(
        "gt", "Whether a guess exactly at the threshold counts (ge) or not (gt).", title="Exactly at the threshold",
        choices=("ge", "gt"), words={"ge": "counts", "gt": "does not count"},
        source="reference code",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "reference code")
    ramp: float = ramp_knob(0.4, "reference code")
    mu: int = mu_knob(1, "reference code")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view, for the guess and for the loss."""
        return ("weak",)

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The winner, where it is confident."""
        guess = torch.softmax(logits, dim=1)
        return Belief(guess, *select(guess, self.threshold, self.threshold_op), threshold=self.threshold)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Only the labelled forward pass moves batch norm's running statistics, as in the reference."""
        of_x, weight = model(batch.x), self.weight * ramp(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        with frozen_statistics(model):
            logits = model(batch.u[0])
        belief = self.believe(logits.detach(), state, batch.index)
        unlabelled = unlabelled_loss(logits, belief.pseudo, belief.mask)
        return Step(
            labelled + weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "answers": belief.guess,
                    "unlabelled_each": gated_losses(logits, belief.pseudo, belief.mask),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, weight),
                }
            ),
        )
