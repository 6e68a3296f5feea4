"""FixMatch with CTAugment (Sohn et al. 2020, section 2.3): strong views whose strengths are learned while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.augment import Cutout, ctaugment
from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Given, State, Step, teacher_logits
from ssl_core.methods.fixmatch import FixMatch


def proximity(logits: Tensor, y: Tensor) -> Tensor:
    """1 − ½·Σ|p − y| [n]: the probability that the answer gives to the true class y."""
    return torch.softmax(logits, dim=1).gather(1, y[:, None]).squeeze(1)


@dataclass(frozen=True)
class FixMatchCTA(FixMatch):
    """FixMatch whose strong view is CTAugment; one labelled batch a step probes how strong is too strong."""

    idea: ClassVar[str] = (
        "FixMatch whose distortions find their own strength: labelled pictures are distorted at random, and where the "
        "network still recognises them, that strength may be used on unlabelled ones."
    )
    paper: ClassVar[str] = "Sohn et al. 2020, arXiv:2001.07685, section 2.3; Berthelot et al. 2020, arXiv:1911.09785."
    watch: ClassVar[str] = "The share above the threshold: it should not fall while the strengths grow."
    breaks: ClassVar[str] = (
        "Tiny pictures: below 24 pixels most colour operations do nothing and geometry does too much."
    )

    depth: int = knob(2, "Operations a picture.", low=0, high=4, source="reference code")
    rate_threshold: float = knob(
        0.85, "How good a strength must be, against the best of its operation, to be drawn.", low=0.0, high=1.0,
        source="FixMatch's code; ReMixMatch has 0.8",
    )  # fmt: skip
    rate_decay: float = knob(0.99, "How slowly the rates move.", low=0.5, high=0.9999, source="reference code")
    cutout: float = knob(0.5, "Side of the hole, share of the picture's; 0 is off.", low=0.0, high=1.0, source="code")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """Two weak views; the second is distorted further by what has been learned."""
        return ("weak", "weak")

    def start(self, given: Given) -> State:
        """Every strength is trusted at first."""
        return super().start(given) | {"rates": ctaugment.first_rates()}

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """FixMatch's step on views made here, then the probe."""
        drawn = ctaugment.draw(len(batch.u[1]), self.depth, generator, state["rates"], self.rate_threshold)
        hole = Cutout(low=self.cutout, high=self.cutout)
        strong = ctaugment.apply(drawn, batch.u[1].float())
        strong = hole.apply(hole.draw(len(strong), generator), strong).to(batch.u[1])
        step = super().step(model, batch._replace(u=(batch.u[0], strong)), state, generator)
        self.probe(batch, state, generator)
        return step

    def probe(self, batch: Batch, state: State, generator: Generator) -> None:
        """Distort the labelled pictures at random and note how well the average still knows them."""
        drawn = ctaugment.draw(len(batch.x), self.depth, generator)
        changed = ctaugment.apply(drawn, batch.x.float()).to(batch.x)
        close = proximity(teacher_logits(batch.teacher, changed), batch.y)
        state["rates"] = ctaugment.updated(state["rates"], drawn, close, self.rate_decay)
