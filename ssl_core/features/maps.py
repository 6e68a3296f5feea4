"""What networks see inside, layer by layer: the maps that style transfer compares.

Three lenses: a network that has seen ImageNet and ships with us, the one that Gatys et al. (2016) looked through, where
its weights are at hand, and one that has seen nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core import zoo
from ssl_core.features import card
from ssl_core.features.networks import published, weights
from ssl_core.models.efficientnet_lite import EfficientNetLite, folded
from ssl_core.models.vgg import convolutions

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, as VGG was trained


class Lens(NamedTuple):
    """A network to look through: `see` makes of RGB pictures in 0..1 the map after every layer, the first first.

    `style` and `content` are places in that list. Pictures are looked at whole and reduced by each of `scales`, so that
    a small network sees large strokes, too.
    """

    see: Callable[[Tensor], Iterator[Tensor]]
    style: tuple[int, ...]
    content: int
    scales: tuple[int, ...]

    def maps(self, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """The maps that style is read from, and the one that content is, of pictures [B, 3, H, W]."""
        seen, last = [], max(*self.style, self.content)
        for place, layer in enumerate(self.see(x)):
            seen.append(layer)
            if place == last:
                break
        return [seen[place] for place in self.style], seen[self.content]


class LensCard(NamedTuple):
    """What a person must know of a lens."""

    title: str
    text: str


LENSES: dict[str, LensCard] = {
    "efficientnet_lite0": LensCard(
        "EfficientNet-Lite0",
        "Ships with this app. Style is read behind its first convolution and behind blocks 1, 3, 5 and 8 (32, 16, 24, "
        "40 and 80 channels), at full and at half size; content behind block 5.",
    ),
    "vgg19": LensCard(
        "VGG-19",
        "The network of the paper, 548 MB. Style is read at relu1_1, 2_1, 3_1, 4_1 and 5_1 (64 to 512 channels), "
        "content at relu4_2; average pooling, as the paper recommends.",
    ),
    "random": LensCard(
        "Nothing learned",
        "Three layers of random orthogonal filters, drawn once (He, Wang & Hopcroft 2016): how much of style needs no "
        "knowledge at all. Content is read behind the second.",
    ),
}


def lacks(name: str) -> str:
    """What has to be done before this lens can be used, one sentence, or nothing."""
    return "" if name == "random" else card.lacks(name)


def lens(name: str, device: torch.device) -> Lens:
    """The lens of that name, ready to differentiate pictures through; raises ValueError, one sentence."""
    if missing := lacks(name):
        raise ValueError(missing)
    return {"efficientnet_lite0": _lite, "vgg19": _vgg, "random": _random}[name](device)


def _lite(device: torch.device) -> Lens:
    net = EfficientNetLite(0)
    net.load_state_dict(weights("efficientnet_lite0"))
    return Lens(folded(net).requires_grad_(False).to(device).maps, (0, 1, 3, 5, 8), 5, (1, 2))


def _vgg(device: torch.device) -> Lens:
    file = published("vgg19")
    try:
        layers = convolutions(file)
    except ValueError as wrong:
        again = f"delete it and run {zoo.fetching('vgg19')}"
        raise ValueError(f"{zoo.path('vgg19')} does not hold the weights of vgg19: {wrong} To go on, {again}") from None
    layers = layers.requires_grad_(False).to(device)
    mean, deviation = (torch.tensor(v, device=device).view(3, 1, 1) for v in (MEAN, DEVIATION))

    def see(x: Tensor) -> Iterator[Tensor]:
        x = (x - mean) / deviation
        for layer in layers:
            yield (x := layer(x))

    return Lens(see, (1, 6, 11, 20, 29), 22, (1,))


def _random(device: torch.device) -> Lens:
    generator, inside, filters = torch.Generator().manual_seed(0), 3, []
    for outside in (32, 64, 64):
        drawn = torch.randn(outside, inside * 9, generator=generator)
        tall = outside > inside * 9
        basis = torch.linalg.qr(drawn if tall else drawn.T).Q
        filters.append((basis if tall else basis.T).reshape(outside, inside, 3, 3).to(device))
        inside = outside

    def see(x: Tensor) -> Iterator[Tensor]:
        x = 4 * x - 2
        for place, kernel in enumerate(filters):
            x = F.relu(F.conv2d(F.pad(F.avg_pool2d(x, 2) if place else x, (1, 1, 1, 1), mode="reflect"), kernel))
            yield x

    return Lens(see, (0, 1, 2), 1, (1, 2))
