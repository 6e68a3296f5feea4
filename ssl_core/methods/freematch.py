"""FreeMatch (Wang et al. 2023, arXiv:2205.07246): FixMatch whose thresholds follow the network's own confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Belief, Method, State, Step, TrainingSet, moved, mu_knob, weight_knob
from ssl_core.methods.fixmatch import forward_knob, gated_losses, three_logits, unlabelled_loss
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol


def fairness(of_strong: Tensor, mask: Tensor, p: Tensor, histogram: Tensor) -> Tensor:
    """Σ N(p / h) · log N(p̄ₛ / h̄ₛ) over the masked strong answers (equations 10 and 11); 0 if none is masked in.

    N makes its argument sum to one, and 1/0 is 0: a class that no strong answer favours gives no gradient.
    """
    open_ = mask.to(of_strong)
    count = open_.sum().clamp(min=1)
    answers = torch.softmax(of_strong, dim=1)
    mean = (answers * open_[:, None]).sum(dim=0) / count
    favoured = torch.zeros_like(mean).index_add_(0, answers.argmax(dim=1), open_) / count
    ours = torch.where(favoured > 0, mean / favoured.clamp(min=1e-12), 0.0)
    ours = ours / ours.sum().clamp(min=1e-12)
    wanted = torch.where(histogram > 0, p / histogram.clamp(min=1e-12), 0.0)
    each = (wanted / wanted.sum()).to(ours) * torch.log(ours + 1e-12)  # 1e-12 as in the reference code
    return torch.where(open_.sum() > 0, each.sum(), 0.0)


@dataclass(frozen=True)
class FreeMatch(Method):
    """FixMatch's loss with self-adaptive thresholds, plus a term that keeps classes from being forgotten."""

    idea: ClassVar[str] = (
        "Set the threshold to the network's average confidence, so that it starts low and climbs by itself, "
        "and scale it down for classes that are guessed less. A second term nudges answers towards neglected classes."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b "
        r"\mathbf 1[\max p(u_b^w) \ge \tau_t\,\tfrac{\tilde p_c}{\max_k \tilde p_k}]\; H(c,\,p(u_b^s)) + "
        r"\lambda_f \sum_c N\big(\tfrac{\tilde p}{\tilde h}\big)_c \log N\big(\tfrac{\bar p}{\bar h}\big)_c"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("c", "a class; in the gate, the one that is guessed"),
        Symbol(r"\tau_t", "the threshold of this moment: the usual confidence so far, a running mean"),
        Symbol(r"\tilde p_c", "the usual probability of class c in guesses, a running mean", also=(r"\tilde p_k",)),
        Symbol(r"\max_k", "the highest of these numbers over all classes k"),
        Symbol(r"\lambda_f", "how much the term for neglected classes counts", "fairness_weight"),
        Symbol(r"\tilde p", "the usual guess so far, a running mean: a probability for every class"),
        Symbol(r"\tilde h", "how often each class was guessed so far, a running mean"),
        Symbol(r"\bar p", "the mean answer to strong views that pass the gate in this batch"),
        Symbol(r"\bar h", "how often each class wins among those answers"),
    )
    paper: ClassVar[str] = "Wang et al. 2023, arXiv:2205.07246, equations 5 to 12."
    watch: ClassVar[str] = "The share of pictures that pass: high from the first step, unlike FixMatch's."
    breaks: ClassVar[str] = (
        "Averages slower than the run: with a momentum of 0.999 a run of 1,000 steps never warms up. Pictures that "
        "take long to tell apart: its thresholds begin low, so that wrong guesses are learned first; of three draws of "
        "40 labels of the shapes one stays behind."
    )
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}

    average_momentum: float = knob(
        0.999, "How slowly the running confidence and frequencies move.", title="Memory of the averages", low=0.0,
        high=0.9999, source="section 4.1",
    )  # fmt: skip
    use_quantile: bool = knob(
        False, "Follow the 0.8 quantile of the confidence instead of its mean.", title="Quantile instead of mean",
        source="USB; off by default",
    )  # fmt: skip
    clip: bool = knob(
        False, "Keep the running confidence at or below 0.95.", title="Keep below 0.95", source="USB; off by default"
    )
    weight: float = weight_knob(1.0, "section 4.1")
    fairness_weight: float = knob(
        0.001, "Weight of the term for neglected classes.", title="Fairness's weight", low=0.0, high=1.0,
        source="USB's CIFAR recipes; else 0.01",
    )  # fmt: skip
    mu: int = mu_knob(7, "section 4.1")
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, pictures: TrainingSet) -> State:
        """Confidence as of pure guessing, all classes alike."""
        even = torch.full((pictures.classes,), 1 / pictures.classes)
        return {"confidence": torch.tensor(1 / pictures.classes), "p": even, "histogram": even.clone()}

    def take_in(self, probability: Tensor, state: State) -> None:
        """Running confidence and frequencies move towards those of this batch [n, L]."""
        confidence, pseudo = probability.max(dim=1)
        level = torch.quantile(confidence, 0.8) if self.use_quantile else confidence.mean()
        share = torch.bincount(pseudo, minlength=probability.shape[1]).to(probability) / len(pseudo)
        now = {"confidence": level, "p": probability.mean(dim=0), "histogram": share}
        for name, value in now.items():
            state[name] = moved(state[name], value, self.average_momentum)
        if self.clip:
            state["confidence"] = state["confidence"].clamp(0, 0.95)

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """Pseudo-labels and mask by the thresholds of now."""
        guess = torch.softmax(logits, dim=1)
        confidence, pseudo = guess.max(dim=1)
        asked = self.thresholds(state).to(confidence)[pseudo]
        return Belief(guess, pseudo, confidence >= asked, threshold=asked)

    def thresholds(self, state: State) -> Tensor:
        """τ·p̃ / max p̃ of every class [L], this batch included."""
        return state["confidence"] * state["p"] / state["p"].max()

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """FixMatch with another mask, and fairness; the running numbers take this batch in first."""
        of_x, of_weak, of_strong = three_logits(model, batch, self.forward)
        self.take_in(torch.softmax(of_weak.detach(), dim=1), state)
        belief = self.believe(of_weak.detach(), state, batch.index)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        unlabelled = unlabelled_loss(of_strong, belief.pseudo, belief.mask)
        fair = fairness(of_strong, belief.mask, state["p"], state["histogram"])
        return Step(
            labelled + self.weight * unlabelled + self.fairness_weight * fair,
            {"labelled": labelled, "unlabelled": unlabelled, "fairness": fair},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "thresholds": self.thresholds(state),
                    "answers": of_strong.softmax(dim=1),
                    "unlabelled_each": gated_losses(of_strong, belief.pseudo, belief.mask),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, self.weight, self.fairness_weight),
                }
            ),
        )
