"""VAT (Miyato et al. 2018, arXiv:1704.03976): the smallest nudge that would change the answer must not."""

from __future__ import annotations

from collections.abc import Callable
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
    weight_knob,
)
from ssl_core.methods.losses import divergence, entropy, labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol


def unit(d: Tensor) -> Tensor:
    """Every row of d [n, ...] with L2 norm 1; divided by its largest number first, so that nothing underflows."""
    flat = d.flatten(1)
    flat = flat / (flat.abs().amax(dim=1, keepdim=True) + 1e-12)
    return (flat / (flat.norm(dim=1, keepdim=True) + 1e-12)).view_as(d)


def adversary(
    logits_of: Callable[[Tensor], Tensor], u: Tensor, clean: Tensor, d: Tensor, xi: float, epsilon: float
) -> Tensor:
    """r = ε·unit(∇_d KL(p(u) ‖ p(u + ξd))) at the random direction d: one power iteration (algorithm 1)."""
    d = (xi * unit(d)).requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(divergence(clean.detach(), logits_of(u + d)), d)
    return epsilon * unit(gradient)


@dataclass(frozen=True)
class VAT(Method):
    """Cross-entropy on labelled, plus the change of the answer under the worst small nudge, plus entropy."""

    idea: ClassVar[str] = (
        "Find the tiny change of an unlabelled picture that would change the network's answer most, "
        "and train the answer to stay the same there. No augmentation needs to be invented: the network names it."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u(t)\,\frac1{\mu B}\sum_b "
        r"\mathrm{KL}\big(p(u_b + r_b)\,\|\,\mathrm{sg}\,p(u_b)\big) + \lambda_H\,\frac1{\mu B}\sum_b H(p(u_b)),\quad "
        r"r_b = \varepsilon\,\frac{\nabla_d}{\lVert\nabla_d\rVert}\,\mathrm{KL}\big(p(u_b)\,\|\,p(u_b+\xi d)\big)"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("r_b", "the nudge: the small change of this picture that changes the answer most"),
        Symbol(r"\varepsilon", "how long the nudge is", "epsilon"),
        Symbol(r"\xi", "how far the picture is moved to find out which way the answer changes", "xi"),
        Symbol("d", "a random direction to begin with"),
        Symbol(r"\nabla_d", "the gradient: the direction in which the divergence grows fastest"),
        Symbol(r"\lambda_H", "how much the unlabelled answers' own doubt (their entropy) counts", "entropy_weight"),
    )
    paper: ClassVar[str] = "Miyato et al. 2018, arXiv:1704.03976, algorithm 1; recipe of Berthelot et al. 2019."
    watch: ClassVar[str] = (
        "The unlabelled loss: zero means that ε is too small to change any answer. And the clock: to find the nudge a "
        "step asks the network once more and goes back through it, so that nearly all of its time is convolution."
    )
    breaks: ClassVar[str] = "An ε so large that the nudged picture really is another class."

    epsilon: float = knob(
        6.0, "ε: length of the nudge, in pixels of −1..1, L2 over the picture.", title="Length of the nudge", low=0.0,
        high=20.0, source="code",
    )  # fmt: skip
    xi: float = knob(
        1e-6, "ξ: length of the step that finds the direction.", title="Length of the probe", low=1e-7, high=1.0,
        log=True, source="code",
    )  # fmt: skip
    direction: str = knob(
        "reverse", "Which way round the loss is: KL(nudged, clean) (reference code) or KL(clean, nudged) (paper).",
        title="Direction of the loss", choices=("reverse", "forward"), source="reference code",
    )  # fmt: skip
    weight: float = weight_knob(0.3, "reference code")
    entropy_weight: float = knob(
        0.06, "Weight of the entropy of unlabelled answers; not ramped.", title="Entropy's weight", low=0.0, high=5.0,
        source="reference code",
    )  # fmt: skip
    ramp: float = ramp_knob(0.4, "reference code")
    mu: int = mu_knob(1, "reference code")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view."""
        return ("weak",)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Draw the first direction, then `nudged_step`."""
        d = torch.randn(batch.u[0].shape, generator=generator).to(batch.u[0])
        return self.nudged_step(model, batch, d, state)

    def nudged_step(self, model: nn.Module, batch: Batch, d: Tensor, state: State | None = None) -> Step:
        """For a given first direction d, shaped as the pictures; lengths are halved, as ours lie in 0..1."""
        u, of_x, weight = batch.u[0], model(batch.x), self.weight * ramp(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        with frozen_statistics(model):
            clean = model(u)
            r = adversary(model, u, clean, d, self.xi / 2, self.epsilon / 2)
            nudged = model(u + r)
        p, q = (nudged, clean.detach()) if self.direction == "reverse" else (clean.detach(), nudged)
        unlabelled = divergence(p, q)
        doubt, belief = entropy(clean), self.believe(clean.detach(), state or {}, batch.index)
        return Step(
            labelled + weight * unlabelled + self.entropy_weight * doubt,
            {"labelled": labelled, "unlabelled": unlabelled, "entropy": doubt},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "nudges": r,
                    "answers": nudged.softmax(dim=1),
                    "unlabelled_each": divergence(p, q, reduction="none"),
                    "entropy_each": entropy(clean, reduction="none"),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, weight, self.entropy_weight),
                }
            ),
        )
