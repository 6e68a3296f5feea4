"""Temporal ensembling (Laine & Aila 2017, arXiv:1610.02242): a picture's past answers, averaged, are its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import (
    Batch,
    Belief,
    Method,
    State,
    Step,
    TrainingSet,
    frozen_statistics,
    mu_knob,
    ramp,
    ramp_knob,
    weight_knob,
)
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol


def remember(state: State, index: Tensor, p: Tensor, momentum: float) -> None:
    """Z ← a·Z + (1−a)·p for the pictures of this batch, and one visit more each."""
    memory = state["memory"]
    memory[index] = momentum * memory[index] + (1 - momentum) * p.to(memory.dtype)
    state["visits"][index] += 1


def recall(state: State, index: Tensor, momentum: float) -> tuple[Tensor, Tensor]:
    """Z / (1 − aᵗ) after t visits [n, L], and which pictures have any history [n]; zeros where there is none."""
    visits = state["visits"][index]
    startup = 1 - momentum ** visits.clamp(min=1).to(state["memory"].dtype)
    return state["memory"][index] / startup[:, None], visits > 0


@dataclass(frozen=True)
class TemporalEnsembling(Method):
    """Cross-entropy on labelled, plus the squared difference to the average of the picture's earlier answers."""

    idea: ClassVar[str] = (
        "Remember what the network said about each unlabelled picture on earlier passes, and average it. "
        "That average is the target on the next pass: many past networks vote, at no extra cost."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u(t)\,\frac1{\mu B L}\sum_b "
        r"\lVert \tfrac{Z_b}{1-a^{n_b}} - p(u_b)\rVert^2,\quad Z_b \leftarrow a\,Z_b + (1-a)\,p(u_b)"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("Z_b", "what the network said about this picture on earlier passes, averaged"),
        Symbol("a", "how much of what is remembered stays when a new answer comes in", "ensemble_momentum"),
        Symbol("n_b", "how often this picture has been seen; the division makes up for the start from zero"),
    )
    paper: ClassVar[str] = "Laine & Aila 2017, arXiv:1610.02242, algorithm 2."
    watch: ClassVar[str] = "Passes over the unlabelled pictures: before the second one there is no history."
    breaks: ClassVar[str] = "Short runs over many pictures: with fewer than two passes nothing is learned from them."

    ensemble_momentum: float = knob(
        0.6, "a: how much of the remembered answer stays at each visit.", title="Memory", low=0.0, high=0.99,
        source="section 2.2",
    )  # fmt: skip
    weight: float = weight_knob(30.0, "section 2.2, as LAMDA-SSL has it", high=500.0)
    ramp: float = ramp_knob(0.4, "LAMDA-SSL")
    mu: int = mu_knob(1, "LAMDA-SSL")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view."""
        return ("weak",)

    def start(self, pictures: TrainingSet) -> State:
        """No answers yet."""
        return {
            "memory": torch.zeros(len(pictures.unlabelled), pictures.classes),
            "visits": torch.zeros(len(pictures.unlabelled), dtype=torch.int64),
        }

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The average of each picture's earlier answers, where it has any."""
        target, known = recall(state, index, self.ensemble_momentum)
        return Belief(torch.softmax(logits, dim=1), target.argmax(dim=1), known, target)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Pictures without history count with zero."""
        of_x, weight = model(batch.x), self.weight * ramp(batch.progress, self.ramp)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        with frozen_statistics(model):
            logits = model(batch.u[0])
        p, belief = torch.softmax(logits, dim=1), self.believe(logits.detach(), state, batch.index)
        each = (belief.targets.to(p) - p).square().mean(dim=1)
        unlabelled = (each * belief.mask).mean()
        remember(state, batch.index, p.detach(), self.ensemble_momentum)
        return Step(
            labelled + weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "answers": belief.guess,
                    "unlabelled_each": each * belief.mask,
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, weight),
                }
            ),
        )
