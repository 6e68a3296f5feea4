"""DCGAN (Radford et al. 2016, arXiv:1511.06434), plain or told the class, with what has made it stable since as knobs.

Two networks play against each other (Goodfellow et al. 2014): one makes pictures, the other tells them from real ones.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from ssl_core.generate import diffaugment
from ssl_core.generate.adversarial import (
    LOSSES,
    discriminator_loss,
    draw_targets,
    generator_loss,
    gradient_penalty,
)
from ssl_core.generate.contract import Batches, Maker, Making, Material, normal, spread, weights_of
from ssl_core.generate.dcgan_networks import NORMS, Discriminator, Generator
from ssl_core.knobs import knob

if TYPE_CHECKING:
    from ssl_core.data import Card
    from ssl_core.generate.config import Training

SHOWN, LINES = 10, 4  # pictures in a row, rows of samples
ASKED, BINS = 200, 20  # pictures of a kind whose opinions are counted, and bars of 5 % that they are counted in


@dataclass(frozen=True)
class DCGAN(Maker):
    """A generator that learns to be believed, and a discriminator that learns not to be fooled."""

    idea: ClassVar[str] = (
        "One network makes pictures out of noise, another is shown real and made ones and says which is which. "
        "Each learns from the other: where the second is no better than chance, the first makes what looks real."
    )
    formula: ClassVar[str] = (
        r"\min_D\; -\mathbb E_x \log D(x) - \mathbb E_z \log\big(1 - D(G(z))\big) "
        r"+ \tfrac{\gamma}{2}\,\mathbb E_x \lVert\nabla_x D(x)\rVert^2, \qquad "
        r"\min_G\; -\mathbb E_z \log D(G(z))"
    )
    symbols: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "a real picture"),
        ("z", "noise, a few numbers from N(0, 1)"),
        ("G", "the generator: noise to a picture"),
        ("D", "the discriminator: how sure it is that a picture is real, 0 to 1"),
        (r"\gamma", "weight of R1, which keeps the discriminator from changing its mind within a hair's breadth"),
    )
    paper: ClassVar[str] = "Radford et al. 2016"
    watch: ClassVar[str] = (
        "The discriminator's opinions of real and of made pictures: they should stay near each other."
    )
    breaks: ClassVar[str] = (
        "A discriminator that is too sure (nothing left to learn from) or too slow (one trick fools it for ever)."
    )
    rows: ClassVar[dict[str, str]] = {
        "real": "Real pictures, as the discriminator sees them",
        "samples": "Made from noise that was drawn once and stays the same",
    }
    losses: ClassVar[dict[str, str]] = {"loss": "Generator", "discriminator": "Discriminator"}

    conditional: bool = knob(
        True, "Tell both networks the class, so that one can be asked for.", title="Ask for a class",
        source="Mirza & Osindero 2014; Miyato & Koyama 2018",
    )  # fmt: skip
    latent: int = knob(
        32, "Numbers of noise that a picture is made from.", title="Numbers of noise", low=1, high=256, log=True,
        source="ours: small pictures; Radford et al. 2016 take 100",
    )  # fmt: skip
    width: int = knob(
        32, "Channels at half the picture's size; they double with every halving.", title="Channels", low=4, high=128,
        log=True, source="ours; Radford et al. 2016 take 128",
    )  # fmt: skip
    norm: str = knob("batch", "What keeps the discriminator from becoming too sure: its batch's norm, its weights', "
                     "or nothing.", title="Discriminator's norm", choices=NORMS,
                     source="Radford et al. 2016; Miyato et al. 2018")  # fmt: skip
    objective: str = knob(
        "cross-entropy", "What the two networks play for.", title="What they play for", choices=LOSSES,
        source="Goodfellow et al. 2014; Lim & Ye 2017; Mao et al. 2017",
    )  # fmt: skip
    r1: float = knob(
        0.0, "γ: weight of the R1 penalty on the discriminator's slope at real pictures.", title="Slope's penalty",
        low=0.0, high=100.0, source="Mescheder et al. 2018 take 10 on large pictures",
    )  # fmt: skip
    augment: str = knob(
        "none", "What the discriminator sees of every picture, real or made: DiffAugment, for few.",
        title="Distort what it sees", choices=diffaugment.POLICIES, source="Zhao et al. 2020",
    )  # fmt: skip
    smoothing: float = knob(
        0.0, "How much less than 1 a real picture counts as real.", title="Smoothed labels", low=0.0, high=0.5,
        source="Salimans et al. 2016 take 0.1",
    )  # fmt: skip
    label_noise: float = knob(
        0.05, "Most random noise in what the discriminator is told.", title="Noise in its labels", low=0.0, high=0.5,
        source="Keras' DCGAN, and the survey's code",
    )  # fmt: skip
    pace: float = knob(
        1.0, "The discriminator's learning rate, as a multiple of the generator's.", title="Discriminator's pace",
        low=0.01, high=20.0, log=True, source="Heusel et al. 2017",
    )  # fmt: skip
    average: float = knob(
        0.99, "Weight of the past in the average of generators that pictures are made with.",
        title="Average of generators", low=0.0, high=0.9999, source="Yazıcı et al. 2019; ours: short runs",
    )  # fmt: skip

    @classmethod
    def recipe(cls, card: Card | None) -> dict[str, Any]:
        """Short runs with a learning rate five times that of the paper."""
        return {"steps": 1000 if card and card.side < 16 else 800, "lr": 1e-3}

    def begin(self, material: Material, seed: int, training: Training) -> Duel:
        """See Maker."""
        return Duel(self, material, seed, training)


class Duel(Making):
    """Generator, its average, and discriminator, with an optimizer for each side."""

    def __init__(self, maker: DCGAN, material: Material, seed: int, training: Training) -> None:
        self.maker, self.material, self.classes = maker, material, len(material.classes)
        channels, height, width = material.shape
        told, side = self.classes if maker.conditional else 0, max(height, width)
        with weights_of(seed):
            self.generator = Generator(maker.latent, told, channels, side, maker.width)
            self.discriminator = Discriminator(told, channels, side, maker.width, maker.norm)
        self.averaged = copy.deepcopy(self.generator).eval().requires_grad_(False)
        for network in self.modules().values():
            network.to(material.images.device)
        betas = (0.5, 0.99)  # Radford et al. 2016, section 4; the second as in Karras et al. 2018, for short runs
        self.makes = torch.optim.Adam(self.generator.parameters(), training.lr, betas)
        self.tells = torch.optim.Adam(self.discriminator.parameters(), maker.pace * training.lr, betas)
        self.batches, self.shown = Batches(material, training.batch, seed), spread(material, SHOWN)

    def modules(self) -> dict[str, nn.Module]:
        """See Making."""
        return {"generator": self.generator, "averaged": self.averaged, "discriminator": self.discriminator}

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """See Making."""
        return {"generator": self.makes, "discriminator": self.tells}

    def step(self, k: int, generator: torch.Generator) -> dict[str, Tensor | float]:
        """The discriminator learns from one batch of either kind, then the generator from what it says now."""
        x, labels = self.batches.at(k)
        real, told = 2 * x - 1, labels if self.maker.conditional else None
        seen = self.tell(real, told, generator)
        drawn = diffaugment.draw(self.maker.augment, len(real), generator)
        made = self.generator(self.noise(len(real), generator), told)
        self.discriminator.requires_grad_(False)
        loss = generator_loss(self.maker.objective, self.discriminator(diffaugment.apply(drawn, made), told))
        _turn(self.makes, loss)
        self.discriminator.requires_grad_(True)
        self.follow(k)
        return {"loss": loss.detach()} | seen

    def tell(self, real: Tensor, told: Tensor | None, generator: torch.Generator) -> dict[str, Tensor]:
        """The discriminator's step: each real picture has a made one beside it that is augmented in the same way."""
        maker, n = self.maker, len(real)
        drawn = diffaugment.draw(maker.augment, n, generator)
        targets = draw_targets(n, maker.smoothing, maker.label_noise, generator)
        with torch.no_grad():
            made = self.generator(self.noise(n, generator), told)

        def opinion(x: Tensor) -> Tensor:
            return self.discriminator(diffaugment.apply(drawn, x), told)

        of_real, of_made = opinion(real), opinion(made)
        loss = discriminator_loss(maker.objective, of_real, of_made, targets._make(t.to(real) for t in targets))
        penalty = maker.r1 * gradient_penalty(opinion, real) if maker.r1 else loss.new_zeros(())
        loss = loss + penalty
        _turn(self.tells, loss)
        believed = {"believed_real": of_real, "believed_made": of_made}
        shares = {name: opinion.detach().sigmoid().mean() for name, opinion in believed.items()}
        return {"discriminator": loss.detach(), "penalty": penalty.detach()} | shares

    @torch.no_grad()
    def follow(self, k: int) -> None:
        """The average moves towards the generator; it is quick at first, so that it forgets the beginning."""
        past = min(self.maker.average, (1 + k) / (10 + k))
        now = self.generator.state_dict()
        for name, value in self.averaged.state_dict().items():
            value.lerp_(now[name], 1 - past) if value.is_floating_point() else value.copy_(now[name])

    def noise(self, n: int, generator: torch.Generator) -> Tensor:
        """z, [n, latent]."""
        return normal(n, self.maker.latent, generator=generator, like=next(self.averaged.parameters()))

    @torch.no_grad()
    def paint(self, z: Tensor, labels: Tensor) -> Tensor:
        """Pictures in 0..1 of noise [n, latent] and classes [n], which a plain generator ignores."""
        return (self.averaged(z, labels if self.maker.conditional else None) + 1) / 2

    def make(self, labels: Tensor, generator: torch.Generator) -> Tensor:
        """One picture of each class asked for."""
        z = self.noise(len(labels), generator)
        return self.paint(z, labels.to(z.device))

    def views(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Real pictures behind DiffAugment's eyes, and samples: a class a column, the same noise along a line."""
        x = self.material.images[self.shown].float() / 255
        drawn = diffaugment.draw(self.maker.augment, len(x), generator)
        seen = (diffaugment.apply(drawn, 2 * x - 1) + 1) / 2
        columns = min(self.classes, SHOWN) if self.maker.conditional else SHOWN
        z = self.noise(LINES * columns, generator)
        if self.maker.conditional:
            z = z[:LINES].repeat_interleave(columns, dim=0)
        asked = torch.arange(columns, device=z.device).repeat(LINES)
        return {"real": seen.clamp(0, 1), "samples": self.paint(z, asked)}

    @torch.no_grad()
    def measures(self, generator: torch.Generator) -> dict[str, float | list[float]]:
        """How many of 200 real and of 200 made pictures the discriminator believes how much, in BINS from 0 to 1."""
        rows = torch.arange(ASKED, device=self.material.images.device) % len(self.material.images)
        labels = self.material.labels[rows]
        real = self.material.images[rows].float() / 255
        drawn = diffaugment.draw(self.maker.augment, ASKED, generator)
        counts = {}
        self.discriminator.eval()  # spectral norm stands still; batch norm has nothing but the batch, as in training
        for kind, x in {"real": real, "made": self.make(labels, generator)}.items():
            seen = diffaugment.apply(drawn, 2 * x - 1)
            share = self.discriminator(seen, labels if self.maker.conditional else None).sigmoid()
            counts[f"opinions_{kind}"] = torch.histc(share, BINS, 0, 1).tolist()
        self.discriminator.train()
        return counts


def _turn(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
