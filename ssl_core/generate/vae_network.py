"""The two networks of a variational autoencoder, for pictures of any side: convolutions that halve, and that double."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAST = 4  # pixels a side of the smallest map
MOST_CHANNELS = 128
LOUD = 8.0  # how much a class counts among the other inputs. At 1 the code says the class again, and what is asked
# for is not heard: on FashionMNIST a third of the pictures was recognised then, on digits it took four times as long.


def sides(height: int, width: int) -> list[tuple[int, int]]:
    """The sizes of the maps, the picture's own first, halved (and rounded up) at least once, until one is small."""
    sizes = [(height, width)]
    while len(sizes) < 2 or max(sizes[-1]) > LEAST:
        sizes.append(tuple(-(-side // 2) for side in sizes[-1]))
    return sizes


def widths(width: int, halvings: int) -> list[int]:
    """Channels of each map after the picture's own."""
    return [min(width * 2**place, max(MOST_CHANNELS, width)) for place in range(halvings)]


class Encoder(nn.Module):
    """Pictures [n, C, H, W], and what is told of them [n, L], to mean and log variance of a code, each [n, d]."""

    def __init__(self, shape: tuple[int, int, int], width: int, latent: int, told: int) -> None:
        super().__init__()
        maps = sides(*shape[1:])
        channels = [shape[0], *widths(width, len(maps) - 1)]
        self.halve = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2, padding=1)
            for before, after in zip(channels, channels[1:], strict=False)
        )
        flat = channels[-1] * maps[-1][0] * maps[-1][1]
        self.meet = nn.Linear(flat + told, 256)
        self.code = nn.Linear(256, 2 * latent)

    def forward(self, x: Tensor, told: Tensor | None) -> tuple[Tensor, Tensor]:
        """Mean and log variance; the latter between e^-10 and e^10, so that no cloud has a volume of none."""
        for halve in self.halve:
            x = functional.silu(halve(x))
        x = _beside(x.flatten(1), told)
        mean, log_variance = self.code(functional.silu(self.meet(x))).chunk(2, dim=1)
        return mean, log_variance.clamp(-10, 10)


class Decoder(nn.Module):
    """Codes [n, d], and the class told [n, L], to the logits of pixels [n, C, H, W]."""

    def __init__(self, shape: tuple[int, int, int], width: int, latent: int, told: int) -> None:
        super().__init__()
        self.maps = sides(*shape[1:])[::-1]
        channels = [*widths(width, len(self.maps) - 1)[::-1], width]
        self.first = (channels[0], *self.maps[0])
        self.meet = nn.Linear(latent + told, 256)
        self.spread = nn.Linear(256 + told, self.first[0] * self.first[1] * self.first[2])
        self.grow = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1) for before, after in zip(channels, channels[1:], strict=False)
        )
        self.paint = nn.Conv2d(width, shape[0], 3, padding=1)

    def forward(self, z: Tensor, told: Tensor | None) -> Tensor:
        """The logits: before the sigmoid, so that the loss is exact."""
        x = functional.silu(self.meet(_beside(z, told)))
        x = functional.silu(self.spread(_beside(x, told)))
        x = x.unflatten(1, self.first)
        for size, grow in zip(self.maps[1:], self.grow, strict=True):
            x = functional.silu(grow(functional.interpolate(x, size=size, mode="nearest")))
        return self.paint(x)


def _beside(x: Tensor, told: Tensor | None) -> Tensor:
    return x if told is None else torch.cat([x, LOUD * told], dim=1)
