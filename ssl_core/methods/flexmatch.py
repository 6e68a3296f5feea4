"""FlexMatch (Zhang et al. 2021, arXiv:2110.08263): FixMatch with a threshold for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Belief, Method, State, Step, TrainingSet, mu_knob, weight_knob
from ssl_core.methods.fixmatch import forward_knob, gated_losses, three_logits, unlabelled_loss
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol

MAPS = {
    "convex": lambda b: b / (2 - b),
    "linear": lambda b: (b + 1) / 2,
    "concave": lambda b: torch.log1p(b) / torch.log(torch.tensor(2.0, dtype=b.dtype)),
}


def learning_effect(selected: Tensor, classes: int, warmup: bool) -> Tensor:
    """β [L] from the last confident class of every picture [N] (−1: never); NaN while one value fills it all.

    Equations 5, 6 and 11: σ(c) pictures of class c, divided by the largest σ, with warm-up also by the never seen.
    """
    counts = torch.bincount(selected + 1, minlength=classes + 1)
    most = counts.max() if warmup else counts[1:].max()
    effect = counts[1:].double() / most.clamp(min=1)
    return torch.where(counts.max() < len(selected), effect, torch.nan)


@dataclass(frozen=True)
class FlexMatch(Method):
    """FixMatch's loss; the mask compares with τ·M(β(c)) of the guessed class c."""

    idea: ClassVar[str] = (
        "FixMatch asks every class for the same confidence, so hard classes are hardly ever selected. "
        "Here a class that has few confident pictures so far gets a lower threshold, and climbs."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b "
        r"\mathbf 1[\max p(u_b^w) \ge \tau\,\tfrac{\beta_c}{2-\beta_c}]\; H(c,\,p(u_b^s)),\quad "
        r"c = \arg\max p(u_b^w),\;\; \beta_c = \frac{\sigma_c}{\max_k \sigma_k}"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(r"\beta_c", "how well class c is learned so far, from 0 to 1: it lowers the threshold of that class"),
        Symbol(r"\sigma_c", "how many pictures were confidently guessed as class c so far", also=(r"\sigma_k",)),
        Symbol(r"\max_k", "the highest of these numbers over all classes k"),
    )
    paper: ClassVar[str] = "Zhang et al. 2021, arXiv:2110.08263, equations 5 to 12."
    watch: ClassVar[str] = "Guessed labels of each class: they should even out while the thresholds climb."
    breaks: ClassVar[str] = (
        "Classes of very different size (SVHN): rare classes get low thresholds and wrong pictures. Pictures that "
        "take long to tell apart: at first all thresholds are low, and wrong guesses are learned before right ones are "
        "sure. So one draw of 40 labels of the shapes ends well and the next does not."
    )
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}

    threshold: float = knob(
        0.95, "τ: the threshold of the class learned best.", title="Threshold", low=0.0, high=1.0,
        source="FlexMatch, section 4",
    )  # fmt: skip
    mapping: str = knob(
        "convex", "How β becomes a share of τ.", title="Shape of the threshold", choices=tuple(MAPS),
        source="FlexMatch, section 3.3",
    )  # fmt: skip
    threshold_warmup: bool = knob(
        True, "Count pictures never confident so far as a class of their own, so that thresholds start low.",
        title="Low thresholds at first", source="FlexMatch, equation 11",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "FlexMatch, section 4")
    mu: int = mu_knob(7, "FlexMatch, section 4")
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, pictures: TrainingSet) -> State:
        """No picture was ever confident, so β is 0 and everything passes at first."""
        return {
            "selected": torch.full((len(pictures.unlabelled),), -1, dtype=torch.int64),
            "effect": torch.zeros(pictures.classes, dtype=torch.float64),
        }

    def thresholds(self, state: State) -> Tensor:
        """τ·M(β) of every class [L], as the batches so far have left it."""
        return self.threshold * MAPS[self.mapping](state["effect"])

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """Pseudo-labels and mask by the thresholds of earlier batches."""
        guess = torch.softmax(logits, dim=1)
        confidence, pseudo = guess.max(dim=1)
        asked = self.thresholds(state).to(confidence)[pseudo]
        return Belief(guess, pseudo, confidence >= asked, threshold=asked)

    def count(self, guess: Tensor, index: Tensor, state: State) -> None:
        """Remember the confident guesses [n, L] of this batch, and what follows for the thresholds of the next."""
        confidence, pseudo = guess.max(dim=1)
        confident = confidence >= self.threshold
        state["selected"][index] = torch.where(confident, pseudo, state["selected"][index])
        effect = learning_effect(state["selected"], len(state["effect"]), self.threshold_warmup)
        state["effect"] = torch.where(effect.isnan(), state["effect"], effect.to(state["effect"]))

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """FixMatch with another mask."""
        of_x, of_weak, of_strong = three_logits(model, batch, self.forward)
        belief, before = self.believe(of_weak.detach(), state, batch.index), dict(state)
        self.count(belief.guess, batch.index, state)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        unlabelled = unlabelled_loss(of_strong, belief.pseudo, belief.mask)
        return Step(
            labelled + self.weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "thresholds": self.thresholds(before),
                    "answers": of_strong.softmax(dim=1),
                    "unlabelled_each": gated_losses(of_strong, belief.pseudo, belief.mask),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, self.weight),
                }
            ),
        )
