"""FixMatch (Sohn et al. 2020, arXiv:2001.07685): believe confident guesses, and learn them on distorted pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import align_knob, align_momentum_knob, evened, take_in, uniform_frequency
from ssl_core.methods.contract import (
    Batch,
    Belief,
    Method,
    State,
    Step,
    TrainingSet,
    frozen_statistics,
    mu_knob,
    weight_knob,
)
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights


def select(probability: Tensor, threshold: float, threshold_op: str = "ge") -> tuple[Tensor, Tensor]:
    """Pseudo-label argmax q [n] and the mask max q ≥ τ [n] of probabilities [n, L] (equation 4)."""
    confidence, pseudo = probability.max(dim=1)
    return pseudo, confidence >= threshold if threshold_op == "ge" else confidence > threshold


def gated_losses(logits: Tensor, pseudo: Tensor, mask: Tensor, reduction: str = "all") -> Tensor:
    """Every row's part in unlabelled_loss [n], which is their mean."""
    share = len(mask) / mask.sum().clamp(min=1) if reduction == "selected" else 1
    return F.cross_entropy(logits, pseudo, reduction="none") * mask * share


def softened(probability: Tensor, temperature: float) -> Tensor:
    """q^(1/T) of probabilities [n, L], made to sum to one; towards T = 0 all of it is on the surest class."""
    scaled = probability / probability.amax(dim=1, keepdim=True)  # or small T would make zeros of whole rows
    powered = scaled ** (1 / temperature)
    return powered / powered.sum(dim=1, keepdim=True)


def unlabelled_loss(logits: Tensor, pseudo: Tensor, mask: Tensor, reduction: str = "all") -> Tensor:
    """Cross-entropy with the pseudo-label where the mask is open, 0 where it is shut (equation 4).

    Labels are classes [n], or probabilities [n, L]. The mean runs over "all" rows, so that few confident rows weigh
    little; "selected" divides by the open ones.
    """
    each = gated_losses(logits, pseudo, mask)
    return each.mean() if reduction == "all" else each.sum() / mask.sum().clamp(min=1)


def forward_knob() -> str:
    """Joint or separate, as every method with a weak and a strong view declares it."""
    return knob(
        "joint", "One forward pass for all views (reference), or the weak views apart and without gradient (faster).",
        title="Passes through the network", choices=("joint", "separate"), source="reference code",
    )  # fmt: skip


def three_logits(model: nn.Module, batch: Batch, forward: str) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of the labelled, the weak and the strong pictures of a batch."""
    weak, strong = batch.u
    if forward == "joint":
        logits = model(torch.cat([batch.x, weak, strong]))
        return logits.split([len(batch.x), len(weak), len(strong)])
    with torch.no_grad(), frozen_statistics(model):
        of_weak = model(weak)
    of_x, of_strong = model(torch.cat([batch.x, strong])).split([len(batch.x), len(strong)])
    return of_x, of_weak, of_strong


@dataclass(frozen=True)
class FixMatch(Method):
    """Cross-entropy on labelled, plus cross-entropy of strong views with confident labels of weak views."""

    idea: ClassVar[str] = (
        "Guess the class of a slightly shifted picture. Where the guess is confident, "
        "train on the same picture strongly distorted with that guess as its label."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b "
        r"\mathbf 1[\max p(u_b^w) \ge \tau]\; H(\arg\max p(u_b^w),\,p(u_b^s))"
    )
    paper: ClassVar[str] = "Sohn et al. 2020, arXiv:2001.07685, sections 2.2 and 2.4."
    watch: ClassVar[str] = (
        "The share of pictures above the threshold (near zero at first) and how often they are right."
    )
    breaks: ClassVar[str] = "One label a class: an unlucky one lets two classes merge, unless guesses are aligned."
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}

    threshold: float = knob(
        0.95, "τ: how confident a guess must be to count.", title="Threshold", low=0.0, high=1.0,
        source="FixMatch, section 2.4",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "FixMatch, table 4")
    mu: int = mu_knob(7, "FixMatch, table 4")
    temperature: float = knob(
        1.0, "T: guesses are softmax(logits / T); below 1 more pass the threshold.", title="Temperature", low=0.1,
        high=2.0, source="the method has none (1)",
    )  # fmt: skip
    soft: float = knob(
        0.0, "T of soft pseudo-labels, q^(1/T) in place of the surest class; 0 is the surest class alone.",
        title="Soft guesses", low=0.0, high=2.0, source="FixMatch, equation 4; soft ones are its section 5.1's",
    )  # fmt: skip
    align: bool = align_knob("ReMixMatch, section 3.1; off in FixMatch")
    align_momentum: float = align_momentum_knob()
    threshold_op: str = knob(
        "ge", "Whether a guess exactly at the threshold counts (ge) or not (gt).", title="Exactly at the threshold",
        choices=("ge", "gt"), words={"ge": "counts", "gt": "does not count"},
        source="reference code",
    )  # fmt: skip
    reduction: str = knob(
        "all", "Mean over all unlabelled pictures, or over the selected ones only (a common mistake).",
        title="Mean over", choices=("all", "selected"), source="equation 4",
    )  # fmt: skip
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, pictures: TrainingSet) -> State:
        """Running class frequencies of the guesses, uniform at first."""
        return uniform_frequency(pictures.classes) if self.align else {}

    def guess(self, logits: Tensor) -> Tensor:
        """softmax(logits / T) [n, L]."""
        return torch.softmax(logits / self.temperature, dim=1)

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """Pseudo-labels and mask of equation 4, of guesses that are aligned first if asked for."""
        guess = self.guess(logits)
        if self.align:
            guess = evened(guess, state)
        soft = softened(guess, self.soft) if self.soft else None
        return Belief(guess, *select(guess, self.threshold, self.threshold_op), soft, self.threshold)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Equations 3 and 4, added with the weight."""
        of_x, of_weak, of_strong = three_logits(model, batch, self.forward)
        if self.align:
            take_in(self.guess(of_weak.detach()), state, self.align_momentum)
        belief = self.believe(of_weak.detach(), state, batch.index)

        labelled = labelled_loss(of_x, batch.y, batch.balance)
        learned = belief.targets if self.soft else belief.pseudo
        unlabelled = unlabelled_loss(of_strong, learned, belief.mask, self.reduction)
        return Step(
            labelled + self.weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "plain": self.guess(of_weak.detach()),
                    "guesses": belief.guess,
                    "aligned": belief.guess,
                    "targets": belief.targets,
                    "answers": of_strong.softmax(dim=1),
                    "unlabelled_each": gated_losses(of_strong, learned, belief.mask, self.reduction),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, self.weight),
                }
            ),
        )
