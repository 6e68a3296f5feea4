"""Variational autoencoder (Kingma & Welling 2014, arXiv:1312.6114), plain or told the class (Sohn et al. 2015).

β is that of Higgins et al. 2017: 1 is the bound of the paper, 0 an autoencoder, which then draws nothing either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from ssl_core.generate.contract import Batches, Maker, Making, Material, normal, spread, weights_of
from ssl_core.generate.vae_network import Decoder, Encoder
from ssl_core.knobs import knob

if TYPE_CHECKING:
    from ssl_core.data import Card
    from ssl_core.generate.config import Training

SHOWN = 10  # pictures in a row
POINTS = 400  # of the latent plane
LEAST_SIGMA = 0.01  # a likelihood that sharp sees single grey levels


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) of each row [n, d], in nats [n]: ½ Σ (μ² + σ² − log σ² − 1). Paper, appendix B."""
    return 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum(dim=1)


def bernoulli(logits: Tensor, x: Tensor) -> Tensor:
    """−log p(x|z), the mean over pictures [n, C, H, W], in nats; pixels in 0..1 are taken as chances of white."""
    return functional.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(dim=1).mean()


def gaussian(logits: Tensor, x: Tensor) -> Tensor:
    """−log p(x|z), the mean over pictures [n, C, H, W], in nats, each pixel a normal distribution of one width σ.

    σ is the one that fits the batch best, the root of its mean squared error: then it is D · (log σ + ½ log 2πe) for D
    numbers a picture. Rybkin et al. 2021 (arXiv:2006.13202), equation 7.
    """
    variance = functional.mse_loss(logits.sigmoid(), x).clamp(min=LEAST_SIGMA**2)
    return 0.5 * x[0].numel() * (variance.log() + math.log(2 * math.pi) + 1)


LIKELIHOODS = {"gaussian": gaussian, "bernoulli": bernoulli}


@dataclass(frozen=True)
class VAE(Maker):
    """Squeezes pictures into a few numbers that look like N(0, 1), and makes pictures from such numbers."""

    idea: ClassVar[str] = (
        "An encoder squeezes a picture into a small cloud of numbers, a decoder paints it again from a point of the "
        "cloud. All clouds together are pressed into one normal distribution, so that any point drawn from that "
        "becomes a picture."
    )
    formula: ClassVar[str] = (
        r"\mathcal L = \underbrace{-\mathbb E_{q(z\mid x)} \log p(x\mid z)}_{\text{reconstruction}} "
        r"+ \beta\, \mathrm{KL}\big(q(z\mid x)\,\|\,\mathcal N(0, I)\big)"
    )
    symbols: ClassVar[tuple[tuple[str, str], ...]] = (
        ("x", "a picture"),
        ("z", "its code, a few numbers"),
        (r"q(z\mid x)", "the encoder: a normal distribution of codes for this picture"),
        (r"p(x\mid z)", "the decoder: how likely each pixel is, for this code"),
        (r"\beta", "how strongly the codes are pressed into one normal distribution"),
    )
    paper: ClassVar[str] = "Kingma & Welling 2014"
    watch: ClassVar[str] = "The reconstruction falls while the KL rises: the code begins to carry something."
    breaks: ClassVar[str] = "β far above 1: codes carry nothing, and every picture is the average one. Few pictures."
    rows: ClassVar[dict[str, str]] = {
        "originals": "Pictures that it learns from",
        "reconstructions": "The same, squeezed and painted again",
        "samples": "Made from codes that were drawn once and stay the same",
    }
    losses: ClassVar[dict[str, str]] = {"loss": "Loss", "reconstruction": "Reconstruction", "kl": "KL"}

    latent: int = knob(
        16, "d: how many numbers a picture is squeezed into.", title="Numbers in a code", low=1, high=256, log=True,
        source="ours",
    )  # fmt: skip
    beta: float = knob(
        1.0, "β: weight of the KL; 1 is the paper's bound, 0 an autoencoder.", title="KL's weight", low=0.0,
        high=50.0, source="Kingma & Welling 2014; Higgins et al. 2017",
    )  # fmt: skip
    conditional: bool = knob(
        True, "Tell encoder and decoder the class, so that one can be asked for.", title="Ask for a class",
        source="Sohn et al. 2015",
    )  # fmt: skip
    likelihood: str = knob(
        "gaussian", "A pixel to the decoder: a brightness with an error, or a chance of white.",
        title="What a pixel is", choices=tuple(LIKELIHOODS), source="Rybkin et al. 2021; Kingma & Welling 2014",
    )  # fmt: skip
    width: int = knob(
        32, "Channels of the first convolution.", title="Channels", low=4, high=128, log=True, source="ours"
    )

    @classmethod
    def recipe(cls, card: Card | None) -> dict[str, Any]:
        """Short runs. The more numbers a picture has, the larger the β at which codes still fill N(0, 1).

        Judged by the share of made pictures that is recognised as asked (tests/benchmarks/generate.py): at β = 1, the
        paper's bound, codes are drawn where no picture had its own, and a picture in five shows nothing.
        """
        if card is None or card.side < 16:
            return {"steps": 600, "beta": 2.0}
        return {"steps": 1000, "beta": 8.0 if card.channels == 3 else 4.0, "width": 16 if card.side <= 48 else 8}

    def begin(self, material: Material, seed: int, training: Training) -> Painter:
        """See Maker."""
        return Painter(self, material, seed, training)


class Painter(Making):
    """Encoder and decoder with their optimizer."""

    def __init__(self, maker: VAE, material: Material, seed: int, training: Training) -> None:
        self.maker, self.material, self.classes = maker, material, len(material.classes)
        told = self.classes if maker.conditional else 0
        with weights_of(seed):
            self.encoder = Encoder(material.shape, maker.width, maker.latent, told).to(material.images.device)
            self.decoder = Decoder(material.shape, maker.width, maker.latent, told).to(material.images.device)
        numbers = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = torch.optim.Adam(numbers, lr=training.lr)
        self.batches = Batches(material, training.batch, seed)
        self.shown, self.points = spread(material, SHOWN), spread(material, POINTS)

    def modules(self) -> dict[str, nn.Module]:
        """See Making."""
        return {"encoder": self.encoder, "decoder": self.decoder}

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """See Making."""
        return {"adam": self.optimizer}

    def step(self, k: int, generator: Generator) -> dict[str, Tensor | float]:
        """Reconstruction + β · KL, both in nats, the mean over the batch."""
        x, labels = self.batches.at(k)
        told = self.told(labels)
        mean, log_variance = self.encoder(x, told)
        logits = self.decoder(self.draw(mean, log_variance, generator), told)
        lost = LIKELIHOODS[self.maker.likelihood](logits, x)
        parts = {"reconstruction": lost, "kl": kl(mean, log_variance).mean()}
        loss = parts["reconstruction"] + self.maker.beta * parts["kl"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return {"loss": loss.detach()} | {name: part.detach() for name, part in parts.items()}

    def draw(self, mean: Tensor, log_variance: Tensor, generator: Generator) -> Tensor:
        """z = μ + σ · ε: chance outside, so that the gradient reaches μ and σ. An autoencoder (β = 0) takes μ."""
        if self.maker.beta == 0:
            return mean
        return mean + (0.5 * log_variance).exp() * normal(*mean.shape, generator=generator, like=mean)

    def told(self, labels: Tensor) -> Tensor | None:
        """What the networks are told of the class, [n, L]; nothing where the maker is plain."""
        return functional.one_hot(labels, self.classes).float() if self.maker.conditional else None

    @torch.no_grad()
    def codes(self, x: Tensor, labels: Tensor) -> Tensor:
        """The middle of each picture's cloud, [n, d], of pictures in 0..1 with their labels."""
        return self.encoder(x, self.told(labels))[0]

    @torch.no_grad()
    def paint(self, z: Tensor, labels: Tensor) -> Tensor:
        """Pictures in 0..1 of codes [n, d] and classes [n]."""
        return self.decoder(z, self.told(labels)).sigmoid()

    def views(self, generator: Generator) -> dict[str, Tensor]:
        """Originals, their reconstructions, and samples: as many classes side by side as there are, up to ten."""
        x, labels = self.pictures(self.shown)
        columns = min(self.classes, SHOWN) if self.maker.conditional else SHOWN
        lines = 4
        z = normal(lines, 1, self.maker.latent, generator=generator, like=x).expand(-1, columns, -1).flatten(0, 1)
        if not self.maker.conditional:
            z = normal(lines * columns, self.maker.latent, generator=generator, like=x)
        asked = torch.arange(columns, device=x.device).repeat(lines)
        return {
            "originals": x,
            "reconstructions": self.paint(self.codes(x, labels), labels),
            "samples": self.paint(z, asked),
        }

    def measures(self, generator: Generator) -> dict[str, float | list[float]]:
        """Where some codes lie in the plane of vae_walk.plane_of, and of which class they are."""
        from ssl_core.generate.vae_walk import plane_of  # which walks through what is made here

        codes = self.codes(*self.pictures(self.points))
        places = plane_of(codes).places(codes)
        x, y = ([round(value, 3) for value in part.tolist()] for part in places.T)
        return {"plane_x": x, "plane_y": y, "plane_class": self.material.labels[self.points].tolist()}

    def pictures(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows of the material in 0..1, and their labels."""
        return self.material.images[rows].float() / 255, self.material.labels[rows]

    def make(self, labels: Tensor, generator: Generator) -> Tensor:
        """One picture of each class asked for, from a code drawn from N(0, 1)."""
        like = next(self.decoder.parameters())
        return self.paint(
            normal(len(labels), self.maker.latent, generator=generator, like=like), labels.to(like.device)
        )
