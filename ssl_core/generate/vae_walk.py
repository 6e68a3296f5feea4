"""Walking among the codes of an autoencoder: a plane through them, what lies at its places, and lines between two."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ssl_core.generate.contract import Material
from ssl_core.generate.judge import nearest_of
from ssl_core.generate.vae import Painter

REACH = 3.0  # deviations to each side of the middle
STEPS = 9  # pictures of a line


class Plane(NamedTuple):
    """A plane through the codes: place (x, y) is the code middle + x · across + y · up, all [d]."""

    middle: Tensor
    across: Tensor
    up: Tensor
    share: float  # of all that the codes differ by, which lies in the plane
    direct: bool  # whether the code has two numbers at most, so that the plane is the code itself

    def codes(self, places: Tensor) -> Tensor:
        """Codes [n, d] at places [n, 2]."""
        return self.middle + places[:, :1] * self.across + places[:, 1:] * self.up

    def places(self, codes: Tensor) -> Tensor:
        """Where in the plane codes [n, d] lie, or lie nearest: [n, 2]."""
        axes = torch.stack([self.across, self.up])
        return (codes - self.middle) @ axes.T / axes.square().sum(dim=1).clamp(min=1e-12)


def plane_of(codes: Tensor) -> Plane:
    """The plane of a code of two numbers; else the one in which codes [n, d] differ most (Pearson 1901).

    Its unit is a deviation of the codes along that axis, or 1 for a code of two numbers in −3..3.
    """
    d = codes.shape[1]
    if d <= 2:
        scale = max(1.0, codes.abs().quantile(0.99).item() / REACH)
        axes = scale * torch.eye(2, device=codes.device)[:, :d]
        return Plane(torch.zeros(d).to(codes), axes[0], axes[1], 1.0, True)
    middle = codes.mean(dim=0)
    values, vectors = torch.linalg.eigh((codes - middle).double().T @ (codes - middle).double() / len(codes))
    first = vectors[:, -2:].flip(1)
    first = first * first.gather(0, first.abs().argmax(dim=0, keepdim=True)).sign()  # an eigenvector's sign is free
    across, up = (first * values[-2:].flip(0).clamp(min=1e-12).sqrt()).T.to(codes)
    return Plane(middle, across, up, (values[-2:].sum() / values.sum().clamp(min=1e-12)).item(), False)


def lattice(side: int, reach: float = REACH) -> Tensor:
    """The places of a square lattice, from the upper left corner line by line, [side², 2]."""
    at = torch.linspace(-reach, reach, side)
    y, x = torch.meshgrid(at.flip(0), at, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)


class Lines(NamedTuple):
    """The same way from A to B three times, each [9, C, H, W] in 0..1."""

    codes: Tensor  # through the codes, painted
    mixup: Tensor  # pixel by pixel (Zhang et al. 2018)
    smote: Tensor  # pixel by pixel, from A to its nearest neighbour of the same class (Chawla et al. 2002)


def lines(painter: Painter, a: int, b: int) -> Lines:
    """Between two rows of the material; where the class is told, it changes along the way as well, share by share."""
    rows = torch.tensor([a, b, _neighbour(painter.material, a)], device=painter.material.images.device)
    x, labels = painter.pictures(rows)
    way = torch.linspace(0, 1, STEPS).to(x)
    codes, told = painter.codes(x, labels), painter.told(labels)
    z = torch.lerp(codes[0], codes[1], way[:, None])
    between = None if told is None else torch.lerp(told[0], told[1], way[:, None])
    pixels = way[:, None, None, None]
    with torch.no_grad():
        painted = painter.decoder(z, between).sigmoid()
    return Lines(painted, torch.lerp(x[0], x[1], pixels), torch.lerp(x[0], x[2], pixels))


def _neighbour(material: Material, row: int) -> int:
    """The nearest other picture of the same class, pixel by pixel; the picture itself where there is no other."""
    same = torch.nonzero(material.labels == material.labels[row]).flatten()
    others = same[same != row]
    if not len(others):
        return row
    return int(others[nearest_of(material.images[row : row + 1], material.images[others]).row[0]])
