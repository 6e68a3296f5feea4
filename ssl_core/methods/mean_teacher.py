"""Mean Teacher (Tarvainen & Valpola 2017, arXiv:1703.01780): the average of past networks teaches the present one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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
    teacher_logits,
    weight_knob,
)
from ssl_core.methods.losses import labelled_loss, labelled_seen, squared_difference, weights
from ssl_core.methods.symbols import Symbol


@dataclass(frozen=True)
class MeanTeacher(Method):
    """Cross-entropy on labelled, plus the squared difference to the averaged network's answer to another view."""

    idea: ClassVar[str] = (
        "A teacher, the moving average of the network's own weights, answers for one view of an unlabelled picture. "
        "The network must give the same answer to another view; averages make steadier teachers than moments do."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p_\theta(x_b)) + \lambda_u(t)\,\frac1{\mu B L}\sum_b "
        r"\lVert \mathrm{sg}\,p_{\bar\theta}(u_b^{(1)}) - p_\theta(u_b^{(2)})\rVert^2,\quad "
        r"\bar\theta \leftarrow d\,\bar\theta + (1-d)\,\theta"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(r"\theta", "the weights of the network that is being trained, the student"),
        Symbol(r"\bar\theta", "the average of its past weights, the teacher"),
        Symbol("d", "how much of the average stays at every step", "ema"),
    )
    paper: ClassVar[str] = "Tarvainen & Valpola 2017, arXiv:1703.01780; recipe of Berthelot et al. 2019."
    watch: ClassVar[str] = "Accuracy of the average (the teacher) against that of the live network (the student)."
    breaks: ClassVar[str] = "An average that is too slow for a short run: the teacher then still is the first network."

    guesses_by_average: ClassVar[bool] = True

    weight: float = weight_knob(50.0, "reference code; its SVHN script has 150", high=500.0)
    ramp: float = ramp_knob(0.4, "reference code")
    mu: int = mu_knob(1, "reference code")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view for the teacher, one for the student."""
        return ("weak", "weak")

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """The teacher is the average as it was before this step, and normalises by the batch."""
        of_x, weight = model(batch.x), self.weight * ramp(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        belief = self.believe(teacher_logits(batch.teacher, batch.u[0]), state, batch.index)
        with frozen_statistics(model):
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
