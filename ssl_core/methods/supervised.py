"""Learning from the labelled pictures alone: what every other method is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Generator, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Method, State, Step, one_hot
from ssl_core.mix.train import OFF, TRAINABLE, mix_batch


@dataclass(frozen=True)
class Supervised(Method):
    """Cross-entropy on weakly augmented labelled pictures."""

    title: ClassVar[str] = "Supervised"
    idea: ClassVar[str] = "Looks at the labelled pictures only, slightly shifted. The baseline to beat."
    paper: ClassVar[str] = "The baseline of Oliver et al. 2018, arXiv:1804.09170."

    mix: str = knob(
        OFF,
        "Blend labelled pictures with each other, labels included, before the network sees them.",
        choices=(OFF, *TRAINABLE),
        source="Zhang et al. 2018 (mixup) and kin; off in the baseline",
    )
    mix_alpha: float = knob(
        0.4,
        "α of the blend's λ ~ Beta(α, α); small networks want 0.2 to 0.4; 0 is off.",
        low=0.0,
        high=16.0,
        source="Zhang et al. 2018, section 3.1",
    )

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Mean cross-entropy over the labelled batch, blended first if asked for."""
        x, target = batch.x, batch.y
        if self.mix != OFF:
            rows = one_hot(batch.y, batch.classes, x)
            x, target = mix_batch(self.mix, x, rows, generator, alpha=self.mix_alpha, counts=batch.counts)
        loss = F.cross_entropy(model(x), target)
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
