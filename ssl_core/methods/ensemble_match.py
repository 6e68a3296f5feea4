"""Several networks, one guess: labels for unlabelled pictures from the mean answer of networks that learn together.

Averaging networks is the oldest way to a better guess (Hansen & Salamon 1990); that each learns what all of them
believe is co-training (Blum & Mitchell 1998), with three networks tri-training (Zhou & Li 2005). Gate, strong view and
loss are FixMatch's (Sohn et al. 2020), mean and sharpening MixMatch's (Berthelot et al. 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import align_knob, align_momentum_knob, evened, take_in, uniform_frequency
from ssl_core.methods.contract import Batch, Belief, Method, State, Step, TrainingSet, mu_knob, weight_knob
from ssl_core.methods.fixmatch import forward_knob, gated_losses, select, softened, three_logits, unlabelled_loss
from ssl_core.methods.losses import labelled_loss, weights
from ssl_core.methods.symbols import Symbol

MOST_NETWORKS = 5


def networks_knob(networks: int, low: int = 1) -> int:
    """M, as both methods here declare it."""
    return knob(
        networks, "M: networks that learn together, each from its own first weights.", title="Networks", low=low,
        high=MOST_NETWORKS, source="tri-training has three (Zhou & Li 2005)",
    )  # fmt: skip


def teachers_knob(teachers: str) -> str:
    """Who teaches whom, as both methods here declare it."""
    return knob(
        teachers, "Whose mean answer a network learns: that of all networks, or that of the others.",
        title="Who teaches", choices=("all", "others"),
        source="co-training learns from the other (Blum & Mitchell 1998)",
    )  # fmt: skip


def views_knob(views: int) -> int:
    """K, as both methods here declare it."""
    return knob(
        views, "K: weak views of each picture, averaged, too.", title="Weak views", low=1, high=4,
        source="MixMatch, section 3.5",
    )  # fmt: skip


def temperature_knob(temperature: float) -> float:
    """T, as both methods here declare it."""
    return knob(
        temperature, "T: sharpening; 1 leaves the mean as it is, 0 makes its surest class the label.",
        title="Temperature", low=0.0, high=1.0, source="MixMatch, section 3.5; FixMatch's labels are hard (0)",
    )  # fmt: skip


def mean_answer(logits: Tensor) -> Tensor:
    """The mean of the softmax of answers [K, n, L], whoever gave them; of [n, L] the softmax itself."""
    answers = torch.softmax(logits, dim=-1)
    return answers.mean(dim=0) if answers.dim() == 3 else answers


def lessons(logits: Tensor, teachers: str) -> Tensor:
    """Whose answers [M, K, n, L] make which guess: [M·K, n, L], one for all networks, or [(M−1)·K, M·n, L].

    With "others" the guesses for the first network come first, then those for the second, and so on.
    """
    count = len(logits)
    if teachers == "all" or count == 1:
        return logits.flatten(0, 1)
    others = [[other for other in range(count) if other != one] for one in range(count)]
    return torch.cat([logits[rest].flatten(0, 1) for rest in others], dim=1)


@dataclass(frozen=True)
class EnsembleMatch(Method):
    """FixMatch's losses for each of M networks; the pseudo-label is the sharpened mean over networks and K weak views.

    With one network and one view it is FixMatch whose knob `soft` is T, to the bit.
    """

    idea: ClassVar[str] = (
        "Several networks look at several views of a picture; the mean of their answers, sharpened, is its label. "
        "Networks that began differently are wrong in different places, so their mean is right more often than each."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b \sum_m H(y_b,\,p_m(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b "
        r"\mathbf 1[\max \bar q_b \ge \tau]\; \sum_m H(q_b,\,p_m(u_b^s)),\quad "
        r"q_b = \mathrm{sharpen}\Big(\bar q_b,\,T\Big),\quad "
        r"\bar q_b = \tfrac1{MK}\sum_m \sum_k p_m(u_b^{(k)})"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("M", "how many networks learn together", "networks"),
        Symbol(r"\sum_m", "the sum over the networks m"),
        Symbol("p_m", "the answer of network m: a probability for every class, together 1"),
        Symbol(r"\bar q_b", "the mean answer of all networks to all weak views of a picture"),
        Symbol("q_b", "the label that is learned: the mean answer, sharpened"),
        Symbol(r"\mathrm{sharpen}", "raises each probability to the power 1/T and makes them sum to 1 again"),
        Symbol("u_b^s", "the same picture in a strong view, badly distorted, another one for each network"),
    )
    paper: ClassVar[str] = (
        "Ours, out of Hansen & Salamon 1990 (the mean of several networks), Zhou & Li 2005 (tri-training), "
        "Berthelot et al. 2019, arXiv:1905.02249 (mean and sharpening), and Sohn et al. 2020, arXiv:2001.07685 (gate)."
    )
    watch: ClassVar[str] = (
        "How often the networks disagree, and by how much their mean is better than each: both shrink as they learn "
        "from each other."
    )
    breaks: ClassVar[str] = (
        "Networks that make the same mistakes: what all of them believe wrongly, nobody corrects. And it costs M times "
        "the time."
    )
    unlabelled_set: ClassVar[str] = "includes"
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}

    networks: int = networks_knob(3)
    views: int = views_knob(2)
    temperature: float = temperature_knob(0.5)
    threshold: float = knob(
        0.95, "τ: how confident the mean must be to count.", title="Threshold", low=0.0, high=1.0,
        source="FixMatch, section 2.4",
    )  # fmt: skip
    weight: float = weight_knob(1.0, "FixMatch, table 4")
    mu: int = mu_knob(4, "FixMatch has 7; every network looks at all of them")
    teachers: str = teachers_knob("all")
    align: bool = align_knob("ReMixMatch, section 3.1")
    align_momentum: float = align_momentum_knob()
    forward: str = forward_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """K weak views to guess from, and a strong one for each network to learn on."""
        return ("weak",) * self.views + ("strong",) * self.networks

    def companion(self, another: Callable[[], nn.Module], row: tuple[int, ...]) -> nn.Module | None:
        """The M − 1 networks beside the main one."""
        return nn.ModuleList([another() for _ in range(self.networks - 1)]) if self.networks > 1 else None

    def voters(self, model: nn.Module, companion: nn.Module | None) -> tuple[nn.Module, ...]:
        """All of them."""
        return (model, *(companion or ()))

    def guessers(self, model: nn.Module, companion: nn.Module | None) -> tuple[nn.Module, ...]:
        """All of them, or all but the main one."""
        return self.voters(model, companion)[int(self.teachers == "others" and self.networks > 1) :]

    def start(self, pictures: TrainingSet) -> State:
        """Running class frequencies of the guesses, uniform at first."""
        return uniform_frequency(pictures.classes) if self.align else {}

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The mean of the answers [K, n, L] or [n, L], aligned if asked for; gated, and learned sharpened."""
        guess = mean_answer(logits)
        if self.align:
            guess = evened(guess, state)
        soft = softened(guess, self.temperature) if self.temperature else None
        return Belief(guess, *select(guess, self.threshold), soft, self.threshold)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Every network answers to its own strong view; all their answers to the weak ones make the guess."""
        weak, strong = torch.cat(batch.u[: self.views]), batch.u[self.views :]
        each = [
            three_logits(network, batch._replace(u=(weak, own)), self.forward)
            for network, own in zip(self.voters(model, batch.companion), strong, strict=True)
        ]
        of_weak = torch.stack([logits.detach().unflatten(0, (self.views, -1)) for _, logits, _ in each])
        asked = lessons(of_weak, self.teachers)
        if self.align:
            take_in(mean_answer(asked), state, self.align_momentum)
        belief, n = self.believe(asked, state, batch.index), len(batch.u[0])

        learned = belief.targets if self.temperature else belief.pseudo
        lesson = list(zip(learned.split(n), belief.mask.split(n), strict=True))  # one for all, or each its own
        taught = [(of_strong, *lesson[m % len(lesson)]) for m, (_, _, of_strong) in enumerate(each)]
        labelled = sum(labelled_loss(of_x, batch.y, batch.balance) for of_x, _, _ in each)
        unlabelled = sum(unlabelled_loss(*one) for one in taught)
        return Step(
            labelled + self.weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            {"pseudo": belief.pseudo[:n], "mask": belief.mask[:n]},
            batch.show(
                lambda: {
                    "view_guesses": of_weak.softmax(dim=-1).mean(dim=1).flatten(0, 1),  # each network's, M·n rows
                    "guesses": mean_answer(asked),
                    **({"aligned": belief.guess} if self.align else {}),
                    "targets": belief.targets,
                    "answers": taught[0][0].softmax(dim=1),
                    "unlabelled_each": sum(gated_losses(*one) for one in taught),
                    "labelled_answers": each[0][0].softmax(dim=1),
                    "labelled_each": sum(labelled_loss(of_x, batch.y, batch.balance, "none") for of_x, _, _ in each),
                    **weights(1.0, self.weight),
                }
            ),
        )


@dataclass(frozen=True)
class CoMatch(EnsembleMatch):
    """Two networks; each learns what the other is sure of."""

    idea: ClassVar[str] = (
        "Two networks teach each other: where one is confident about an unlabelled picture, the other learns its guess "
        "on a strong view. A network's own mistake is never its own lesson."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b \sum_m H(y_b,\,p_m(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b \sum_m "
        r"\mathbf 1[\max \bar q_{b,m} \ge \tau]\; H(\arg\max \bar q_{b,m},\,p_m(u_b^s)),\quad "
        r"\bar q_{b,m} = \tfrac1K\sum_k p_{m'}(u_b^{(k)})"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        *EnsembleMatch.symbols,
        Symbol(r"\bar q_{b,m}", "the guess that network m learns, the other network's mean answer"),
        Symbol("p_{m'}", "the answer of the other network; of more than two, the mean of the others'"),
    )
    paper: ClassVar[str] = (
        "Blum & Mitchell 1998 (co-training), with the networks of co-teaching (Han et al. 2018, arXiv:1804.06872), and "
        "gate and strong view of Sohn et al. 2020, arXiv:2001.07685."
    )
    watch: ClassVar[str] = "How often the two disagree: what they agree on, they can no longer teach each other."
    breaks: ClassVar[str] = "Networks that become alike: then each learns its own guesses after all."

    networks: int = networks_knob(2, low=2)
    views: int = views_knob(1)
    temperature: float = temperature_knob(0.0)
    teachers: str = teachers_knob("others")
