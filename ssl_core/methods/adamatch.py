"""AdaMatch (Berthelot et al. 2022, arXiv:2106.04732): a gate as high as the network is sure of what it knows.

The paper's semi-supervised setting: the source is the labelled pictures, the target the unlabelled ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import SMALL, aligned
from ssl_core.methods.contract import (
    Batch,
    Belief,
    Method,
    State,
    Step,
    TrainingSet,
    frozen_statistics,
    moved,
    mu_knob,
    ramp,
    ramp_knob,
    weight_knob,
)
from ssl_core.methods.fixmatch import gated_losses, select, unlabelled_loss
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol


def relative_threshold(known: Tensor, tau: float) -> Tensor:
    """c_τ = τ · mean max p of the answers to weak labelled views [B, L]."""
    return tau * known.max(dim=1).values.mean()


def interpolated(joint: Tensor, alone: Tensor, lam: Tensor) -> Tensor:
    """λ · joint + (1 − λ) · alone, a λ for every logit [n, L]: batch norm with and without unlabelled pictures."""
    return lam * joint + (1 - lam) * alone


def warmup(progress: float, share: float) -> float:
    """μ(t) = ½ − ½ cos(π · min(1, t / share)): half a cosine from 0 to 1 over the first share of a run."""
    return 0.5 - math.cos(math.pi * ramp(progress, share)) / 2


@dataclass(frozen=True)
class AdaMatch(Method):
    """FixMatch's loss with a threshold relative to the labelled answers, aligned guesses and interpolated logits."""

    idea: ClassVar[str] = (
        "A network that is unsure of its labelled pictures should not have to be sure of others: the threshold is a "
        "share of its confidence on labelled ones, and guesses are corrected to come up as often as classes do there."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b \tfrac12\big(H(y_b,\,p(x_b^w)) + H(y_b,\,p(x_b^s))\big)"
        r" + \lambda_u\,\mu(t)\,\frac1{\mu B}\sum_b "
        r"\mathbf 1\big[\max \tilde q_b \ge \tau\,\tfrac1B\sum_i \max p(x_i^w)\big]\; "
        r"H(\arg\max \tilde q_b,\,p(u_b^s)),\quad "
        r"\tilde q_b = N\Big(p(u_b^w)\,\frac{E[p(x^w)]}{E[p(u^w)]}\Big)"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(r"\tau", "the threshold, as a share of the mean confidence on labelled pictures", "threshold"),
        Symbol(r"\mu(t)", "a factor that climbs from 0 to 1 over the first part of a run", "ramp"),
        Symbol(
            r"\tilde q_b",
            "the guess from the weak view, corrected so that classes come up as often as for labelled pictures",
        ),
        Symbol("E", "the mean of these answers over the batches so far"),
    )
    paper: ClassVar[str] = "Berthelot et al. 2022, arXiv:2106.04732, as its semi-supervised code has it."
    watch: ClassVar[str] = "The share of pictures above the threshold: high at first, since the threshold starts low."
    breaks: ClassVar[str] = (
        "Labelled pictures that are drawn from other classes than the unlabelled ones: guesses follow."
    )
    more_labelled: ClassVar[tuple[str, ...]] = ("strong",)
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16", "weight_decay": 1e-3}

    threshold: float = knob(
        0.9, "τ: the threshold as a share of the mean confidence on labelled pictures.", title="Threshold", low=0.0,
        high=1.0, source="reference code",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "reference code")
    ramp: float = ramp_knob(0.5, "reference code")
    mu: int = mu_knob(3, "reference code")
    interpolate: bool = knob(
        True, "Mix labelled logits at random: batch norm with the unlabelled pictures, and without.",
        title="Mix labelled logits", source="reference code",
    )  # fmt: skip
    align: bool = knob(
        True, "Align guesses to the classes predicted for labelled pictures.", title="Align classes",
        source="reference code",
    )  # fmt: skip
    average_momentum: float = knob(
        0.999, "How slowly both running class frequencies move.", title="Memory of the averages", low=0.0, high=0.9999,
        source="reference code for labelled ones; for unlabelled ones it has a window of 128 batches",
    )  # fmt: skip

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, pictures: TrainingSet) -> State:
        """Even frequencies of answers to labelled and to unlabelled pictures."""
        even = torch.full((pictures.classes,), 1 / pictures.classes)
        return {"known": even, "guessed": even.clone(), "threshold": torch.tensor(self.threshold)}

    def take_in(self, guess: Tensor, known: Tensor, state: State) -> None:
        """The running frequencies of guesses [n, L] and labelled answers [B, L], and the threshold, of this batch."""
        if self.align:
            for name, answers in (("known", known), ("guessed", guess)):
                state[name] = moved(state[name], answers.mean(dim=0), self.average_momentum)
        state["threshold"] = relative_threshold(known, self.threshold)

    def aligned(self, guess: Tensor, state: State) -> Tensor:
        """Guesses [n, L] aligned to the labelled answers, if they are to be."""
        if not self.align:
            return guess
        return aligned(guess, SMALL + state["known"].to(guess), SMALL + state["guessed"].to(guess))

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The winner of the aligned answer, where it reaches the threshold of the last labelled pictures."""
        target = self.aligned(torch.softmax(logits, dim=1), state)
        threshold = state["threshold"].to(target)
        return Belief(target, *select(target, threshold), threshold=threshold)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Draw λ for every logit of the labelled views, then `interpolated_step`."""
        views = 1 + len(batch.more_x)
        lam = torch.rand(views * len(batch.x), batch.classes, generator=generator) if self.interpolate else None
        return self.interpolated_step(model, batch, lam, state)

    def interpolated_step(self, model: nn.Module, batch: Batch, lam: Tensor | None, state: State) -> Step:
        """For given λ [labelled rows, L], or none; only the joint forward moves batch norm's running statistics."""
        known_views, (weak, strong) = torch.cat([batch.x, *batch.more_x]), batch.u
        logits = model(torch.cat([known_views, weak, strong]))
        of_x, of_weak, of_strong = logits.split([len(known_views), len(weak), len(strong)])
        if lam is not None:
            with frozen_statistics(model):
                of_x = interpolated(of_x, model(known_views), lam.to(of_x))

        known, guess = (torch.softmax(of.detach(), dim=1) for of in (of_x[: len(batch.x)], of_weak))
        self.take_in(guess, known, state)
        belief = self.believe(of_weak.detach(), state, batch.index)
        y, weight = batch.y.repeat(1 + len(batch.more_x)), self.weight * warmup(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, y, batch.balance)
        unlabelled = unlabelled_loss(of_strong, belief.pseudo, belief.mask)
        return Step(
            labelled + weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": guess,
                    "targets": belief.targets,
                    "threshold": belief.threshold,
                    "aligned": belief.guess,
                    "answers": of_strong.softmax(dim=1),
                    "unlabelled_each": gated_losses(of_strong, belief.pseudo, belief.mask),
                    **labelled_seen(of_x, y, batch.balance),
                    **weights(1.0, weight),
                }
            ),
        )
