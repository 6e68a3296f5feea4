"""SoftMatch (Chen et al. 2023, arXiv:2301.10921): FixMatch with weights instead of a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import SMALL, aligned
from ssl_core.methods.contract import Batch, Belief, Method, State, Step, TrainingSet, moved, mu_knob, weight_knob
from ssl_core.methods.fixmatch import forward_knob, gated_losses, three_logits, unlabelled_loss
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol


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
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("a_b", "the guess, corrected so that classes come up as often as they should"),
        Symbol(r"\mathrm{aligned}", "corrected so that classes come up as often as they should", "align"),
        Symbol(r"\min", "the smaller of the two numbers: a confidence above the usual one counts as the usual one"),
        Symbol("m_t", "the usual confidence so far, a running mean"),
        Symbol("v_t", "how far confidences lie from it, a running variance"),
        Symbol("n", "how narrow the curve is: with a larger n doubtful guesses count less", "n_sigma"),
    )
    paper: ClassVar[str] = "Chen et al. 2023, arXiv:2301.10921, equations 6 to 10."
    watch: ClassVar[str] = "The mean weight (shown as the selected share) against how often guesses are right."
    breaks: ClassVar[str] = "Averages slower than the run: the variance starts at 1, so at first all weights are 1."
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}

    average_momentum: float = knob(
        0.999, "How slowly running mean, variance and frequencies move.", title="Memory of the averages", low=0.0,
        high=0.9999, source="section 4.1",
    )  # fmt: skip
    n_sigma: float = knob(
        2.0, "n: the curve's width is the deviation over n.", title="Narrowness of the curve", low=0.5, high=8.0,
        source="USB",
    )  # fmt: skip
    align: bool = knob(
        True, "Align answers, so that classes come up as often as they should.", title="Align classes",
        source="section 3.3",
    )  # fmt: skip
    align_to: str = knob(
        "uniform",
        "How often that is: all classes equally often, or as often as they are predicted for labelled pictures.",
        title="Classes aligned to", choices=("uniform", "model"), source="section 3.3",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "section 4.1")
    mu: int = mu_knob(7, "section 4.1")
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """A weak view to guess from and a strong one to learn on."""
        return ("weak", "strong")

    def start(self, pictures: TrainingSet) -> State:
        """Confidence as of pure guessing, variance 1; the frequency of guesses begins with the first batch."""
        even = torch.full((pictures.classes,), 1 / pictures.classes)
        first = torch.tensor(1 / pictures.classes)
        return {"mean": first, "variance": torch.tensor(1.0), "wanted": even, "guessed": torch.zeros_like(even)}

    def take_in(self, p: Tensor, of_x: Tensor, state: State) -> None:
        """Running frequencies, then running mean and variance, move towards those of this batch [n, L]."""
        if self.align:
            self._take_frequencies_in(p, of_x, state)
        confidence = self.aligned(p, state).max(dim=1).values
        now = {"mean": confidence.mean(), "variance": confidence.var()}  # unbiased, as in the reference code
        for name, value in now.items():
            state[name] = moved(state[name], value, self.average_momentum)

    def _take_frequencies_in(self, p: Tensor, of_x: Tensor, state: State) -> None:
        if self.align_to == "model":
            of_labelled = torch.softmax(of_x.detach(), dim=1).mean(dim=0)
            state["wanted"] = moved(state["wanted"], of_labelled, self.average_momentum)
        mean = p.mean(dim=0).to(state["guessed"])
        begun = state["guessed"].sum() > 0
        state["guessed"] = torch.where(begun, moved(state["guessed"], mean, self.average_momentum), mean)

    def aligned(self, p: Tensor, state: State) -> Tensor:
        """The weak answers p [n, L] aligned, if they are to be; at the very first no class has been guessed yet."""
        if not self.align:
            return p
        return aligned(p, SMALL + state["wanted"].to(p), SMALL + state["guessed"].to(p))

    def weights(self, p: Tensor, state: State) -> Tensor:
        """The curve at each aligned answer's confidence [n]."""
        below = (p.max(dim=1).values - state["mean"].to(p)).clamp(max=0)
        return torch.exp(-below.square() / (2 * state["variance"].to(p) / self.n_sigma**2))

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """Weights from aligned answers, labels from the answers as they are."""
        p = torch.softmax(logits, dim=1)
        return Belief(p, p.argmax(dim=1), self.weights(self.aligned(p, state), state))

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """FixMatch with weights for a mask; the running numbers take this batch in first."""
        of_x, of_weak, of_strong = three_logits(model, batch, self.forward)
        self.take_in(torch.softmax(of_weak.detach(), dim=1), of_x, state)
        belief = self.believe(of_weak.detach(), state, batch.index)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        unlabelled = unlabelled_loss(of_strong, belief.pseudo, belief.mask)
        return Step(
            labelled + self.weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "aligned": self.aligned(belief.guess, state),
                    "targets": belief.targets,
                    "answers": of_strong.softmax(dim=1),
                    "unlabelled_each": gated_losses(of_strong, belief.pseudo, belief.mask),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, self.weight),
                }
            ),
        )
