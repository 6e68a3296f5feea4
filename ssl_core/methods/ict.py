"""ICT (Verma et al. 2019, arXiv:1903.03825): the answer to a blend is the blend of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import (
    Batch,
    Method,
    State,
    Step,
    frozen_statistics,
    mu_knob,
    ramp,
    ramp_knob,
    teacher_logits,
    weight_knob,
)
from ssl_core.methods.losses import labelled_loss, labelled_seen, squared_difference, weights
from ssl_core.mix import draw_lam, mixup


@dataclass(frozen=True)
class ICT(Method):
    """Cross-entropy on labelled, plus the squared difference at a blend of two unlabelled pictures."""

    idea: ClassVar[str] = (
        "Blend two unlabelled pictures; the network's answer must be the same blend of the teacher's two answers. "
        "Between two pictures the answer then changes evenly, not with a jump."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p_\theta(x_b)) + \lambda_u(t)\,\frac1{\mu B L}\sum_b \lVert "
        r"\lambda\,p_{\bar\theta}(u_b) + (1-\lambda)\,p_{\bar\theta}(u_{b'}) - "
        r"p_\theta(\lambda u_b + (1-\lambda) u_{b'})\rVert^2"
    )
    paper: ClassVar[str] = "Verma et al. 2019, arXiv:1903.03825, algorithm 1; recipe of Berthelot et al. 2019."
    watch: ClassVar[str] = "Accuracy of the average, which is the teacher here."
    breaks: ClassVar[str] = "A large weight in a short run: even answers everywhere are perfectly consistent."

    guesses_by_average: ClassVar[bool] = True

    alpha: float = knob(
        0.5, "λ ~ Beta(α, α), the larger share to the first picture; 0 is off.", title="Mixing", low=0.0, high=16.0,
        source="code",
    )  # fmt: skip
    weight: float = weight_knob(50.0, "reference code; its CIFAR-10 script has 1000", high=1000.0)
    ramp: float = ramp_knob(0.4, "reference code")
    mu: int = mu_knob(1, "reference code")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view."""
        return ("weak",)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Draw λ, then `mixed_step`."""
        return self.mixed_step(model, batch, draw_lam(self.alpha, len(batch.u[0]), generator, fold=True), state)

    def mixed_step(self, model: nn.Module, batch: Batch, lam: Tensor, state: State | None = None) -> Step:
        """For given λ [n]; the partner is the reversed batch, as in the reference."""
        u, of_x, weight = batch.u[0], model(batch.x), self.weight * ramp(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        belief = self.believe(teacher_logits(batch.teacher, u), state or {}, batch.index)
        answer = belief.targets
        mixed, target = mixup(u, u.flip(0), answer, answer.flip(0), lam.to(u))
        with frozen_statistics(model):
            of_mixed = model(mixed)
        unlabelled = squared_difference(target, of_mixed)
        return Step(
            labelled + weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": answer,
                    "targets": answer,
                    "lam": lam,
                    "partner": torch.arange(len(u)).flip(0),
                    "blends": mixed,
                    "blend_targets": target,
                    "answers": of_mixed.softmax(dim=1),
                    "unlabelled_each": squared_difference(target, of_mixed, reduction="none"),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, weight),
                }
            ),
        )
