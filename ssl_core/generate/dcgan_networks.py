"""The two networks of DCGAN (Radford et al. 2016, arXiv:1511.06434) for pictures of any side.

The generator makes pictures out of noise by strided transposed convolutions; the discriminator tells made from real by
strided ones, with leaky activation and without pooling. A class, where one is asked for, enters the generator beside
the noise (Mirza & Osindero 2014, arXiv:1411.1784) and the discriminator as a projection (Miyato & Koyama 2018,
arXiv:1802.05637). First weights are drawn from torch's generator of the moment: build them inside `weights_of`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SMALLEST = (
    4  # pixels of a side where one begins and the other ends; half of it for small pictures, a little more for odd ones
)
SPREAD = 0.02  # of the first weights: Radford et al. 2016, section 4
SLOPE = 0.2  # of the leaky activation, likewise
NORMS = ("spectral", "batch", "none")


def doublings(side: int) -> int:
    """How often a side is halved: until less than twice SMALLEST pixels are left, but twice: 28 twice, 32 thrice."""
    return max(2, (side // SMALLEST).bit_length() - 1)


class Spectral(nn.Module):
    """A layer whose weight is divided by its largest singular value (Miyato et al. 2018, arXiv:1802.05957).

    The value comes from one step of power iteration a training pass, as in the paper; the vectors that it keeps are
    ordinary buffers, so that they are saved with the network.
    """

    def __init__(self, layer: nn.Conv2d | nn.Linear | nn.Embedding) -> None:
        super().__init__()
        self.layer = layer
        self.register_buffer("u", F.normalize(torch.randn(len(layer.weight)), dim=0))
        self.register_buffer("v", F.normalize(layer.weight.detach().flatten(1).T @ self.u, dim=0))

    def weight(self) -> Tensor:
        """W / σ(W), in W's shape; gradients flow through σ = uᵀWv with u and v held fixed."""
        matrix = self.layer.weight.flatten(1)
        if self.training:
            with torch.no_grad():
                self.v.copy_(F.normalize(matrix.T @ self.u, dim=0))
                self.u.copy_(F.normalize(matrix @ self.v, dim=0))
        return self.layer.weight / (self.u.clone() @ matrix @ self.v.clone())

    def forward(self, x: Tensor) -> Tensor:
        """What the layer does, with the divided weight."""
        weight, layer = self.weight(), self.layer
        if isinstance(layer, nn.Conv2d):
            return F.conv2d(x, weight, layer.bias, layer.stride, layer.padding)
        return F.embedding(x, weight) if isinstance(layer, nn.Embedding) else F.linear(x, weight, layer.bias)


class Generator(nn.Module):
    """Noise [B, size] and, where there are classes, labels [B], to pictures [B, channels, side, side] in −1..1."""

    def __init__(self, size: int, classes: int, channels: int, side: int, width: int) -> None:
        super().__init__()
        self.times, self.side = doublings(side), side
        self.base = -(-side // 2**self.times)  # rounded up; what is too much is cut off at the end
        inside = width * 2 ** (self.times - 1)
        self.embedding = nn.Embedding(classes, size) if classes else None
        self.first = nn.Linear(size * (2 if classes else 1), inside * self.base**2, bias=False)
        layers: list[nn.Module] = [nn.BatchNorm2d(inside), nn.ReLU()]
        while inside > width:
            layers += [
                nn.ConvTranspose2d(inside, inside // 2, 4, 2, 1, bias=False),
                nn.BatchNorm2d(inside // 2),
                nn.ReLU(),
            ]
            inside //= 2
        self.body = nn.Sequential(*layers, nn.ConvTranspose2d(width, channels, 4, 2, 1))
        _begin(self)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Pictures in −1..1, as tanh gives them."""
        if self.embedding is not None:
            z = torch.cat([z, self.embedding(labels)], dim=1)
        x = self.first(z).view(len(z), -1, self.base, self.base)
        return torch.tanh(self.body(x)[..., : self.side, : self.side])


class Discriminator(nn.Module):
    """Pictures [B, channels, side, side] in −1..1 and, where there are classes, labels [B], to opinions [B].

    An opinion is a logit: above 0 means "real". `norm`, one of NORMS, is what keeps it from becoming too sure.
    """

    def __init__(self, classes: int, channels: int, side: int, width: int, norm: str) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inside, left = channels, side
        for step in range(doublings(side)):
            outside, normed = width * 2**step, norm == "batch" and step > 0  # none on the pictures themselves
            layers.append(nn.Conv2d(inside, outside, 4, 2, 1, bias=not normed))
            layers += [nn.BatchNorm2d(outside)] if normed else []
            layers.append(nn.LeakyReLU(SLOPE))
            inside, left = outside, left // 2
        self.body, self.last = nn.Sequential(*layers), nn.Linear(inside * left**2, 1)
        self.embedding = nn.Embedding(classes, inside * left**2) if classes else None
        _begin(self)
        if norm == "spectral":
            for owner, name in [(self.body, str(i)) for i in range(len(self.body))] + [(self, "last")]:
                if isinstance(layer := getattr(owner, name), (nn.Conv2d, nn.Linear)):
                    setattr(owner, name, Spectral(layer))
            if self.embedding is not None:
                self.embedding = Spectral(self.embedding)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits [B]."""
        seen = self.body(x).flatten(1)
        opinion = self.last(seen).squeeze(1)
        return opinion if self.embedding is None else opinion + (self.embedding(labels) * seen).sum(dim=1)


def _begin(network: nn.Module) -> None:
    """First weights as Radford et al. draw them; a class's vector has the spread of noise, so that it is heard."""
    for module in network.modules():
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, 0, 1 if isinstance(network, Generator) else SPREAD)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, SPREAD)
        elif isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.normal_(module.weight, 0, SPREAD)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
