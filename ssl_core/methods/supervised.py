"""Learning from the labelled pictures alone: what every other method is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Generator, nn

from ssl_core.methods.contract import Batch, Method, State, Step


@dataclass(frozen=True)
class Supervised(Method):
    """Cross-entropy on weakly augmented labelled pictures."""

    title: ClassVar[str] = "Supervised"
    idea: ClassVar[str] = "Looks at the labelled pictures only, slightly shifted. The baseline to beat."
    paper: ClassVar[str] = "The baseline of Oliver et al. 2018, arXiv:1804.09170."

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Mean cross-entropy over the labelled batch."""
        loss = F.cross_entropy(model(batch.x), batch.y)
        return Step(loss, {"labelled": loss})


@dataclass(frozen=True)
class SupervisedStrong(Supervised):
    """The same with FixMatch's strong augmentation: the fairer baseline."""

    title: ClassVar[str] = "Supervised, strong augmentation"
    idea: ClassVar[str] = (
        "Looks at the labelled pictures only, but distorts them as strongly as FixMatch does. "
        "Shows how much of FixMatch's gain is augmentation and how much is the unlabelled pictures."
    )
    labelled: ClassVar[str] = "strong"
