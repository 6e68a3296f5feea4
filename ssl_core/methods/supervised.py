"""Learning from the labelled pictures alone: what every other method is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Method, State, Step, one_hot
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol
from ssl_core.mix.train import OFF, TITLES, TRAINABLE, mix_batch


@dataclass(frozen=True)
class Supervised(Method):
    """Cross-entropy on weakly augmented labelled pictures."""

    idea: ClassVar[str] = "Looks at the labelled pictures only, slightly shifted. The baseline to beat."
    formula: ClassVar[str] = r"\frac1B\sum_b H(y_b,\,p(x_b))"
    paper: ClassVar[str] = "The baseline of Oliver et al. 2018, arXiv:1804.09170."
    watch: ClassVar[str] = "The labelled loss: it reaches zero long before the accuracy stops to change."
    breaks: ClassVar[str] = "Few labels: it learns these pictures by heart and knows little of any other."

    mix: str = knob(
        OFF, "Blend labelled pictures with each other, labels included, before the network sees them.", title="Blend",
        choices=(OFF, *TRAINABLE), words=TITLES, source="Zhang et al. 2018 (mixup) and kin; off in the baseline",
    )  # fmt: skip
    mix_alpha: float = knob(
        0.4, "α of the blend's λ ~ Beta(α, α); small networks want 0.2 to 0.4; 0 is off.", title="Blending", low=0.0,
        high=16.0, source="Zhang et al. 2018, section 3.1",
    )  # fmt: skip

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Mean cross-entropy over the labelled batch, blended first if asked for."""
        x, target = batch.x, batch.y
        if self.mix != OFF:
            rows = one_hot(batch.y, batch.classes, x)
            x, target = mix_batch(self.mix, x, rows, generator, alpha=self.mix_alpha, counts=batch.counts)
        of_x = model(x)
        loss = labelled_loss(of_x, target, batch.balance)
        blends = {"blends": x, "blend_targets": target} if self.mix != OFF else {}
        seen = batch.show(lambda: blends | labelled_seen(of_x, target, batch.balance) | weights(1.0))
        return Step(loss, {"labelled": loss}, seen=seen)


@dataclass(frozen=True)
class SupervisedStrong(Supervised):
    """The same with FixMatch's strong augmentation: the fairer baseline."""

    idea: ClassVar[str] = (
        "Looks at the labelled pictures only, but distorts them as strongly as FixMatch does. "
        "Shows how much of FixMatch's gain is augmentation and how much is the unlabelled pictures."
    )
    labelled: ClassVar[str] = "strong"


@dataclass(frozen=True)
class SupervisedMixup(Supervised):
    """The same on blends of labelled pictures."""

    idea: ClassVar[str] = (
        "Looks at the labelled pictures only, blended two by two, labels included. "
        "Shows how much of MixMatch's gain is blending and how much is the unlabelled pictures."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H\big(\lambda y_b + (1-\lambda) y_{b'},\;p(\lambda x_b + (1-\lambda) x_{b'})\big)"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(
            r"\lambda",
            "the share of the first picture in a blend, drawn anew for every blend; α shapes it",
            "mix_alpha",
        ),
    )
    paper: ClassVar[str] = "Zhang et al. 2018, arXiv:1710.09412."
    watch: ClassVar[str] = "The loss: it cannot reach zero, since the labels of blends are not certain."

    mix: str = knob(
        "mixup", "How labelled pictures are blended with each other, labels included.", title="Blend",
        choices=(OFF, *TRAINABLE), words=TITLES, source="Zhang et al. 2018",
    )  # fmt: skip
