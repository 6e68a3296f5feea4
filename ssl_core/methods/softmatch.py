"""SoftMatch (Chen et al. 2023, arXiv:2301.10921): FixMatch with weights instead of a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Given, Method, State, Step, mu_knob, weight_knob
from ssl_core.methods.fixmatch import forward_knob, three_logits, unlabelled_loss
from ssl_core.methods.remixmatch import aligned


@dataclass(frozen=True)
class SoftMatch(Method):
    """FixMatch's loss; every guess counts, by a bell curve of how far its confidence is below the usual."""

    idea: ClassVar[str] = (
        "A threshold throws doubtful guesses away; here they count less the further they lie below the average "
        "confidence. Many pictures take part from the start without the wrong ones weighing much."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b "
        r"\exp\Big(-\frac{\min(\max a_b - m_t,\,0)^2}{2\,v_t/n^2}\Big)\; H(\arg\max p(u_b^w),\,p(u_b^s)),\quad "
        r"a_b = \mathrm{aligned}\;p(u_b^w)"
    )
    paper: ClassVar[str] = "Chen et al. 2023, arXiv:2301.10921, equations 6 to 10."
    watch: ClassVar[str] = "The mean weight (shown as the selected share) against how often guesses are right."
    breaks: ClassVar[str] = "Averages slower than the run: the variance starts at 1, so at first all weights are 1."
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}

    average_momentum: float = knob(
        0.999, "How slowly running mean, variance and frequencies move.", low=0.0, high=0.9999, source="section 4.1"
    )
    n_sigma: float = knob(2.0, "n: the curve's width is the deviation over n.", low=0.5, high=8.0, source="USB")
    align: str = knob(
        "uniform",
        "Align answers to even classes, to the classes predicted for labelled pictures, or not at all.",
        choices=("uniform", "model", "none"),
        source="section 3.3",
    )
    weight: float = weight_knob(1.0, "section 4.1")
    mu: int = mu_knob(7, "section 4.1")
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, given: Given) -> State:
        """Confidence as of pure guessing, variance 1; the frequency of guesses begins with the first batch."""
        even = torch.full((given.classes,), 1 / given.classes)
        first = torch.tensor(1 / given.classes)
        return {"mean": first, "variance": torch.tensor(1.0), "wanted": even, "guessed": torch.zeros_like(even)}

    def _move(self, state: State, name: str, value: Tensor) -> None:
        state[name] = self.average_momentum * state[name] + (1 - self.average_momentum) * value.to(state[name])

    def aligned(self, p: Tensor, of_x: Tensor, state: State) -> Tensor:
        """The weak answers p [n, L] aligned; the running frequencies take this batch in first."""
        if self.align == "none":
            return p
        if self.align == "model":
            self._move(state, "wanted", torch.softmax(of_x.detach(), dim=1).mean(dim=0))
        mean = p.mean(dim=0).to(state["guessed"])
        begun = state["guessed"].sum() > 0
        moved = self.average_momentum * state["guessed"] + (1 - self.average_momentum) * mean
        state["guessed"] = torch.where(begun, moved, mean)
        return aligned(p, state["wanted"].to(p), state["guessed"].to(p))

    def weights(self, p: Tensor, state: State) -> Tensor:
        """The curve at each aligned answer's confidence [n]; running mean and variance take this batch in first."""
        confidence = p.max(dim=1).values
        self._move(state, "mean", confidence.mean())
        self._move(state, "variance", confidence.var())  # unbiased, as in the reference code
        below = (confidence - state["mean"].to(p)).clamp(max=0)
        return torch.exp(-below.square() / (2 * state["variance"].to(p) / self.n_sigma**2))

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Weights from aligned answers, labels from the answers as they are."""
        of_x, of_weak, of_strong = three_logits(model, batch, self.forward)
        p = torch.softmax(of_weak.detach(), dim=1)
        weights, pseudo = self.weights(self.aligned(p, of_x, state), state), p.argmax(dim=1)
        labelled = F.cross_entropy(of_x, batch.y)
        unlabelled = unlabelled_loss(of_strong, pseudo, weights)
        return Step(
            labelled + self.weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            {"pseudo": pseudo, "mask": weights},
        )
