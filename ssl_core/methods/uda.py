"""UDA (Xie et al. 2020, arXiv:1904.12848): a strong view should get the sharpened answer of the weak one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import align_knob, align_momentum_knob, evened, take_in, uniform_frequency
from ssl_core.methods.contract import Batch, Belief, Method, State, Step, TrainingSet, mu_knob, weight_knob
from ssl_core.methods.fixmatch import forward_knob, select, three_logits
from ssl_core.methods.losses import (
    PLAIN,
    Balance,
    entropy,
    gated_divergence,
    labelled_loss,
    weights,
)
from ssl_core.methods.mixmatch import sharpen
from ssl_core.methods.symbols import Symbol


def annealing(kind: str, progress: float, classes: int) -> float:
    """η(t): the probability above which a labelled picture counts as learned (section 2.3); 1 if off."""
    if kind == "none":
        return 1.0
    t = progress
    a = {"linear": t, "exp": math.exp(5 * (t - 1)), "log": 1 - math.exp(-5 * t)}[kind]
    return min(a, 1.0) * (1 - 1 / classes) + 1 / classes


def annealed_loss(logits: Tensor, y: Tensor, eta: float, balance: Balance = PLAIN, reduction: str = "mean") -> Tensor:
    """Mean cross-entropy over the labelled pictures whose own class is not yet at η.

    With the reduction "none" it is every picture's part in it [B], whose mean it is.
    """
    right = torch.softmax(logits.detach(), dim=1).gather(1, y[:, None]).squeeze(1)
    kept = right <= eta
    each, count = labelled_loss(logits, y, balance, reduction="none") * kept, kept.sum().clamp(min=1)
    return each.sum() / count if reduction == "mean" else each * len(y) / count


@dataclass(frozen=True)
class UDA(Method):
    """Cross-entropy on labelled, plus the divergence of strong views from sharpened weak ones."""

    idea: ClassVar[str] = (
        "Sharpen the answer to a slightly shifted picture and ask for the same answer when it is strongly distorted. "
        "Where FixMatch takes the winner as a label, UDA keeps the whole distribution."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b \mathbf 1[\max p(u_b^w) > \tau]\;"
        r"\mathrm{KL}\big(\mathrm{sg}\,\mathrm{softmax}(f(u_b^w)/T)\,\|\,p(u_b^s)\big)"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(r"\mathrm{softmax}", "makes the network's raw scores into probabilities"),
        Symbol("f", "the network's raw scores, one for every class"),
    )
    paper: ClassVar[str] = "Xie et al. 2020, arXiv:1904.12848, sections 2.1 to 2.3."
    watch: ClassVar[str] = "The share of pictures above the threshold, and how often their guess is right."
    breaks: ClassVar[str] = "A strong view that destroys the class: the network is then asked for the impossible."
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16", "ema": 0.9999}

    threshold: float = knob(
        0.8, "τ: how confident a guess must be to count.", title="Threshold", low=0.0, high=1.0, source="section 3.4"
    )
    temperature: float = knob(
        0.4, "T: targets are softmax(logits / T); below 1 is sharper.", title="Temperature", low=0.1, high=2.0,
        source="section 3.4",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "original code")
    mu: int = mu_knob(7, "original code")
    annealing: str = knob(
        "none",
        "Training signal annealing: drop labelled pictures that are learned already, fewer of them as time goes on.",
        title="Training signal annealing", choices=("none", "linear", "exp", "log"),
        source="section 2.3; off in FixMatch's comparison",
    )  # fmt: skip
    entropy_weight: float = knob(
        0.0, "Weight of the entropy of weak answers.", title="Entropy's weight", low=0.0, high=5.0,
        source="original code: off for CIFAR-10",
    )  # fmt: skip
    align: bool = align_knob("ReMixMatch, section 3.1; UDA has none")
    align_momentum: float = align_momentum_knob()
    threshold_op: str = knob(
        "gt", "Whether a guess exactly at the threshold counts (ge) or not (gt).", title="Exactly at the threshold",
        choices=("ge", "gt"), words={"ge": "counts", "gt": "does not count"},
        source="original code; FixMatch's code has ge",
    )  # fmt: skip
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, pictures: TrainingSet) -> State:
        """Running class frequencies of the guesses, if they are aligned."""
        return uniform_frequency(pictures.classes) if self.align else {}

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The mask looks at the answer before it is sharpened."""
        answer, target = torch.softmax(logits, dim=1), torch.softmax(logits / self.temperature, dim=1)
        if self.align:
            answer = evened(answer, state)
            target = sharpen(answer, self.temperature)
        return Belief(answer, *select(answer, self.threshold, self.threshold_op), target, self.threshold)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Annealed cross-entropy, and the divergence where the mask is open."""
        of_x, of_weak, of_strong = three_logits(model, batch, self.forward)
        if self.align:
            take_in(torch.softmax(of_weak.detach(), dim=1), state, self.align_momentum)
        belief = self.believe(of_weak.detach(), state, batch.index)
        eta = annealing(self.annealing, batch.progress, batch.classes)
        labelled = annealed_loss(of_x, batch.y, eta, batch.balance)
        unlabelled = gated_divergence(belief.targets, of_strong, belief.mask)
        parts = {"labelled": labelled, "unlabelled": unlabelled}
        loss = labelled + self.weight * unlabelled
        if self.entropy_weight:
            parts["entropy"] = entropy(of_weak)
            loss = loss + self.entropy_weight * parts["entropy"]
        seen = batch.show(
            lambda: {
                "guesses": of_weak.softmax(dim=1),
                "aligned": belief.guess,
                "targets": belief.targets,
                "answers": of_strong.softmax(dim=1),
                "unlabelled_each": gated_divergence(belief.targets, of_strong, belief.mask, reduction="none"),
                "labelled_answers": of_x.softmax(dim=1),
                "labelled_each": annealed_loss(of_x, batch.y, eta, batch.balance, reduction="none"),
                **({"entropy_each": entropy(of_weak, reduction="none")} if self.entropy_weight else {}),
                **weights(1.0, self.weight, *([self.entropy_weight] if self.entropy_weight else [])),
            }
        )
        return Step(loss, parts, belief.stats, seen)
