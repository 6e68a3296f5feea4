"""What a method is: knobs, the views it wants to see, and one step from a batch to a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Generator, Tensor, nn

from ssl_core.augment.policy import Stage
from ssl_core.knobs import knob
from ssl_core.methods.losses import PLAIN, Balance
from ssl_core.methods.symbols import Symbol

State = dict[str, Tensor]  # what a method remembers from step to step; saved with the checkpoint


class TrainingSet(NamedTuple):
    """What a method may look at before its first step: all pictures, and the labels of the labelled ones only."""

    classes: int
    images: Tensor  # pictures uint8 [N, C, H, W], or vectors float32 [N, D]
    labelled: Tensor  # rows of `images`, int64 [n]
    labels: Tensor  # their labels, int64 [n]
    unlabelled: Tensor  # rows of `images`, int64 [m]


class Batch(NamedTuple):
    """One step's rows: pictures in 0..1, or vectors. A method never sees the labels of unlabelled ones.

    Pictures are [n, C, H, W] and vectors [n, D]; a method that takes only the former says so (Method.needs_pixels).
    """

    x: Tensor  # labelled [B, ...], in the method's labelled view
    y: Tensor  # their labels, int64 [B]
    u: tuple[Tensor, ...]  # the unlabelled rows [mu·B, ...], once for every view the method asked for
    index: Tensor  # which of the m unlabelled pictures these are, 0..m−1, int64 [mu·B]
    classes: int
    progress: float  # share of the planned steps that is done, 0..1
    images: int  # labelled pictures seen so far
    counts: Tensor | None = None  # labelled pictures of each class, int64 [classes]
    teacher: nn.Module | None = None  # the averaged network, which follows the trained one
    head: nn.Module | None = None  # features [n, width] to [n, Method.head], for a method that asks for one
    more_x: tuple[Tensor, ...] = ()  # the labelled pictures again, once for every view of Method.more_labelled
    balance: Balance = PLAIN  # for the labelled loss, where classes have unequally many labels
    watched: bool = False  # whether somebody wants to see inside the step
    companion: nn.Module | None = None  # what Method.companion made; it learns in the same steps

    def show(self, inside: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
        """What a step gives as `seen`: what `inside()` names, without gradient, if somebody watches; else nothing."""
        return {name: value.detach() for name, value in inside().items()} if self.watched else {}


class Step(NamedTuple):
    """What a step hands back; `loss` alone is differentiated."""

    loss: Tensor
    parts: dict[str, Tensor]  # named terms of the loss, for the chart
    stats: dict[str, Tensor] = {}  # "pseudo" int64 [n], "mask" [n]: guessed labels and how much each of them counts
    # What the step worked with, only when Batch.watched; probabilities unless said otherwise. A method with
    # unlabelled pictures has "guesses", its answers [n or K·n, L], and "targets", what it learns instead [n or K·n, L].
    # Those that blend have "lam" [rows], "partner" int64 [rows], "blends" [rows, ...] and "blend_targets" [rows, L];
    # "nudges" [n, ...] are VAT's, "threshold" or "thresholds" [L] those of gates that move. "view_guesses" [K·n, L] go
    # into a mean; "aligned" [n, L] are corrected guesses, where "guesses" or "plain" are those before.
    # How the loss comes about: "labelled_answers" and "answers", the network's on the rows that it learns from;
    # "<part>_each", every row's loss, whose mean is that part; and "weights", so that Σ weight · part is the loss.
    seen: dict[str, Tensor] = {}


class Belief(NamedTuple):
    """What a method makes of answers to n unlabelled rows."""

    guess: Tensor  # the answers as its gate looks at them, probabilities [n, L]
    pseudo: Tensor  # the class that is learned, or most of what is, int64 [n]
    mask: Tensor  # how much each row counts, 0..1, bool or float [n]
    soft: Tensor | None = None  # what is learned, probabilities [n, L], where that is more than one class
    threshold: Tensor | float | None = None  # the confidence that each row [n] or all must have; None without a gate

    @property
    def targets(self) -> Tensor:
        """What is learned in place of the guess, probabilities [n, L]."""
        return one_hot(self.pseudo, self.guess.shape[1], self.guess) if self.soft is None else self.soft

    @property
    def stats(self) -> dict[str, Tensor]:
        """What the chart shows of it; see Step."""
        return {"pseudo": self.pseudo, "mask": self.mask}


def all_learned(guess: Tensor, targets: Tensor) -> Belief:
    """The belief of a method without a gate: every row [n, L] learns its target [n, L]."""
    return Belief(guess, targets.argmax(dim=1), torch.ones(len(targets), device=targets.device), targets)


@dataclass(frozen=True)
class Method:
    """Base of every method; a subclass adds knobs and `step`."""

    title: ClassVar[str]  # said in ssl_core/method_cards.py
    idea: ClassVar[str]  # two sentences
    formula: ClassVar[str]  # the loss, LaTeX
    symbols: ClassVar[tuple[Symbol, ...]] = ()  # of the formula, where they mean something in this method alone
    paper: ClassVar[str]
    watch: ClassVar[str]  # which number to look at while it trains
    breaks: ClassVar[str]  # what makes it fail
    labelled: ClassVar[str] = "weak"  # the view of labelled pictures
    more_labelled: ClassVar[tuple[str, ...]] = ()  # further views of the same labelled pictures
    unlabelled_set: ClassVar[str] = "excludes"  # whether unlabelled includes the labelled pictures
    training: ClassVar[dict[str, Any]] = {}  # the paper's training knobs where they differ from Training's
    needs_pixels: ClassVar[bool] = False  # whether rows must be pictures; else it trains on vectors as well
    head: ClassVar[int] = 0  # outputs of a second head on the network's features; 0 for none
    guesses_by_average: ClassVar[bool] = False  # whether the averaged network is asked for guesses, not the trained one

    @property
    def labelled_view(self) -> str:
        """The view labelled pictures are shown in."""
        return self.labelled

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """The views of every unlabelled picture, drawn independently."""
        return ()

    @property
    def strong_stages(self) -> tuple[Stage, ...]:
        """What makes strong views out of weak ones, for a method that brings it along; else Training's `strong`."""
        return ()

    @property
    def ratio(self) -> int:
        """Unlabelled pictures for each labelled one in a batch: the knob μ of a method that has it, else none."""
        return getattr(self, "mu", 0)

    def shown(self, companion: nn.Module | None, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """Rows of pictures [n, C, H, W] in 0..1 that are kept while it trains, by name; most methods have none.

        `first` and `second` [n, C, H, W] are two labelled pictures of a class each, always the same ones.
        """
        return {}

    def start(self, pictures: TrainingSet) -> State:
        """What the method remembers before its first step."""
        return {}

    def companion(self, another: Callable[[], nn.Module], row: tuple[int, ...]) -> nn.Module | None:
        """A network that learns beside the main one, in the same steps; torch's own chance may draw its weights.

        `another()` is one more network as the main one was before its first step; a row is [C, H, W], or [D].
        """
        return None

    def voters(self, model: nn.Module, companion: nn.Module | None) -> tuple[nn.Module, ...]:
        """The networks that learn to classify, the main one first: where they are several, each is measured."""
        return (model,)

    def guessers(self, model: nn.Module, companion: nn.Module | None) -> tuple[nn.Module, ...]:
        """The networks whose answers are what the main one is taught."""
        return (model,)

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """What this method learns of unlabelled rows that a network answers so, with what it remembers now.

        logits [n, L], or [K, n, L] where several views of each are averaged, without gradient; `index` [n] as in Batch.
        Changes nothing: `step` itself goes by it, and so does whoever shows what is believed.
        """
        guess = torch.softmax(logits, dim=-1)
        belief = all_learned(guess, guess)
        return belief if self.ratio else belief._replace(mask=torch.zeros_like(belief.mask))

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Loss of one batch; may update `state` in place. All chance comes from `generator`."""
        raise NotImplementedError


@contextmanager
def frozen_statistics(model: nn.Module) -> Iterator[None]:
    """Batch norm normalises by the batch but leaves its running statistics alone."""
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.track_running_stats]
    for norm in norms:
        norm.track_running_stats = False
    try:
        yield
    finally:
        for norm in norms:
            norm.track_running_stats = True


def teacher_logits(teacher: nn.Module, x: Tensor) -> Tensor:
    """Logits of the averaged network, normalised by the batch as in the reference, without gradient."""
    teacher.train()
    with torch.no_grad(), frozen_statistics(teacher):
        logits = teacher(x)
    teacher.eval()
    return logits


def ramp(progress: float, share: float) -> float:
    """min(t / share, 1): a weight's linear climb over the first `share` of a run; t in 0..1."""
    return min(max(progress / share, 0.0), 1.0)


def ramp_knob(share: float, source: str) -> float:
    """The share of a run over which the unlabelled weight climbs, as every method that ramps declares it."""
    return knob(
        share, "Share of the run until the unlabelled loss has its full weight.", title="Ramp of the weight",
        low=0.01, high=1.0, source=source,
    )  # fmt: skip


def weight_knob(weight: float, source: str, high: float = 20.0) -> float:
    """λᵤ, as every method that has one declares it."""
    return knob(
        weight, "λᵤ: weight of the unlabelled loss.", title="Unlabelled weight", low=0.0, high=high, source=source
    )


def mu_knob(mu: int, source: str) -> int:
    """μ, as every method that has one declares it."""
    return knob(
        mu, "μ: unlabelled pictures for each labelled one.", title="Unlabelled for each labelled", low=1, high=16,
        source=source,
    )  # fmt: skip


def moved(average: Tensor, value: Tensor, momentum: float) -> Tensor:
    """m · average + (1 − m) · value, in the type and place of the running average."""
    return momentum * average + (1 - momentum) * value.to(average)


def one_hot(y: Tensor, classes: int, like: Tensor) -> Tensor:
    """Labels [B] as rows [B, classes] in the type of `like`."""
    return torch.nn.functional.one_hot(y, classes).to(like.dtype)


__all__ = [
    "Batch",
    "Belief",
    "Method",
    "State",
    "Step",
    "TrainingSet",
    "all_learned",
    "frozen_statistics",
    "moved",
    "mu_knob",
    "one_hot",
    "ramp",
    "ramp_knob",
    "teacher_logits",
    "weight_knob",
]
