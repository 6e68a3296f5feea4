"""Neural style transfer (Gatys, Ecker & Bethge 2016): the picture itself is what learns.

Its pixels start as the content picture and follow the gradient of three losses; the network that is looked through
stays as it is. A network that halves its maps by striding sees every second pixel better than its neighbours: so the
picture is moved by a few pixels at every step, and what it is compared with is moved alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ssl_core.data.single import SHIPPED, single
from ssl_core.features.maps import LENSES, Lens, lens
from ssl_core.generate.contract import Maker, Making, Material
from ssl_core.generate.gram import content_loss, gram, style_loss, total_variation
from ssl_core.knobs import knob
from ssl_core.train.device import pick_device

if TYPE_CHECKING:
    from ssl_core.data import Card
    from ssl_core.generate.config import Training

MOVES, STRIDE = 4, 3  # 0, 3, 6 and 9 pixels each way: every remainder by 2 and by 4, and four by 8
ROOM = STRIDE * (MOVES - 1)


class Wanted(NamedTuple):
    """What is aimed at, seen from one place: Gram matrices of every scale and layer, and the content's map."""

    grams: list[list[Tensor]]
    content: Tensor


def moved(x: Tensor, down: int, across: int) -> Tensor:
    """x [B, C, H, W] with its borders mirrored, cut out again at another place, ROOM larger than it was."""
    height, width = x.shape[-2:]
    wide = F.pad(x, (ROOM, ROOM, ROOM, ROOM), mode="reflect")
    return wide[..., down : down + height + ROOM, across : across + width + ROOM]


@dataclass(frozen=True)
class Style(Maker):
    """Three losses pull at the pixels of one picture."""

    own_data = "pictures"
    idea = (
        "A picture learns instead of a network: its pixels follow the gradient until a network that has seen many "
        "pictures finds the same things at the same places as in one picture, and the same statistics as in another."
    )
    formula = r"\min_x\; \alpha\,\mathcal L_{content} + \beta\,\mathcal L_{style} + \gamma\,\mathcal L_{variation}"
    symbols = (
        (r"\mathcal L_{content}", "how far the network's map is from the content picture's, relative to its size"),
        (r"\mathcal L_{style}", "how far the Gram matrices of its maps are from the style picture's, mean over layers"),
        (r"\mathcal L_{variation}", "mean squared difference of neighbouring pixels"),
        (r"\alpha, \beta, \gamma", "the weights of the three"),
    )
    paper = "Gatys, Ecker & Bethge 2016, Image Style Transfer Using Convolutional Neural Networks (CVPR)"
    watch = "Large shapes stay where they were while strokes and colours of the style picture grow over them."
    breaks = "Too little content weight and nothing is recognised; too much and nothing changes."
    rows = {"picture": "The picture so far"}
    losses = {
        "loss": "All three, weighted",
        "loss_style": "Style",
        "loss_content": "Content",
        "loss_variation": "Variation",
    }

    content: str = knob("china", "The picture whose things stay.", title="Things", choices=SHIPPED, source="ours")
    style: str = knob("strokes", "The picture whose look is taken over.", title="Look", choices=SHIPPED, source="ours")
    lens: str = knob(
        "efficientnet_lite0", "The network whose maps are compared.", title="Network that compares",
        choices=tuple(LENSES),
        words={"efficientnet_lite0": "EfficientNet-Lite0", "vgg19": "VGG-19", "random": "random weights"},
        source="ours: it ships",
    )  # fmt: skip
    content_weight: float = knob(
        0.1, "α, how much the things count.", title="Things' weight", low=0.0, high=10.0, source="ours, by eye"
    )
    style_weight: float = knob(
        1.0, "β, how much the look counts.", title="Look's weight", low=0.0, high=10.0, source="ours, by eye"
    )
    variation_weight: float = knob(
        1.0, "γ, how much smoothness counts.", title="Smoothness's weight", low=0.0, high=100.0, source="ours, by eye"
    )
    side: int = knob(
        160, "Pixels a side.", title="Side in pixels", low=32, high=512, log=True,
        source="ours: 30 s on a processor core",
    )  # fmt: skip

    @classmethod
    def recipe(cls, card: Card | None) -> dict[str, Any]:
        """One picture, and pixels that go at most 2 % of the way from black to white in a step."""
        return {"steps": 400, "batch": 2, "lr": 0.02, "frames": 50}

    def begin(self, material: Material, seed: int, training: Training) -> Stylising:
        """The content picture before its first step; the material is not looked at."""
        return Stylising(self, pick_device(training.device), training.lr, training.steps)


class Stylising(Making):
    """One picture on its way."""

    def __init__(self, knobs: Style, device: torch.device, lr: float, steps: int) -> None:
        self.knobs, self.lr, self.steps = knobs, lr, steps
        self.lens: Lens = lens(knobs.lens, device)
        self.content, self.style = (single(name, knobs.side)[None].to(device) for name in (knobs.content, knobs.style))
        self.x = self.content.clone().requires_grad_()
        self.optimizer = torch.optim.Adam([self.x], lr=lr)
        self.wanted: dict[tuple[int, int], Wanted] = {}

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Adam on the pixels."""
        return {"pixels": self.optimizer}

    def state_dict(self) -> dict[str, Any]:
        """The pixels and what Adam remembers of them."""
        return super().state_dict() | {"pixels": self.x.detach().clone()}

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Stand where `state_dict` stood."""
        with torch.no_grad():
            self.x.copy_(saved["pixels"])
        super().load_state_dict(saved)

    def seen(self, x: Tensor) -> tuple[list[list[Tensor]], Tensor]:
        """The Gram matrices of every scale and layer, and the map in which things are looked for."""
        grams, things = [], None
        for scale in self.lens.scales:
            style, content = self.lens.maps(F.avg_pool2d(x, scale) if scale > 1 else x)
            grams.append([gram(layer) for layer in style])
            things = content if things is None else things  # at full size alone
        return grams, things

    def aim(self, down: int, across: int) -> Wanted:
        """What both pictures look like from this place; looked at once."""
        if (down, across) not in self.wanted:
            with torch.no_grad():
                grams, _ = self.seen(moved(self.style, down, across))
                _, things = self.seen(moved(self.content, down, across))
            self.wanted[down, across] = Wanted(grams, things)
        return self.wanted[down, across]

    def losses(self, down: int, across: int) -> dict[str, Tensor]:
        """The three losses of the picture as it stands, seen from this place, and their weighted sum."""
        aim, knobs = self.aim(down, across), self.knobs
        grams, things = self.seen(moved(self.x, down, across))
        pairs = zip(grams, aim.grams, strict=True)
        style = torch.stack([style_loss(mine, theirs) for mine, theirs in pairs]).mean()
        content, variation = content_loss(things, aim.content), total_variation(self.x)
        whole = knobs.content_weight * content + knobs.style_weight * style + knobs.variation_weight * variation
        return {"loss": whole, "loss_style": style, "loss_content": content, "loss_variation": variation}

    def step(self, k: int, generator: Generator) -> dict[str, Tensor | float]:
        """Move the pixels once, ever less until the last step, and keep them between black and white."""
        down, across = (STRIDE * torch.randint(MOVES, (2,), generator=generator)).tolist()
        losses = self.losses(down, across)
        self.optimizer.zero_grad()
        losses["loss"].backward()
        self.optimizer.param_groups[0]["lr"] = self.lr * (1 - 0.9 * k / self.steps)
        self.optimizer.step()
        with torch.no_grad():
            self.x.clamp_(0, 1)
        return {name: loss.detach() for name, loss in losses.items()}

    def views(self, generator: Generator) -> dict[str, Tensor]:
        """The picture."""
        return {"picture": self.x.detach().clone()}

    def make(self, labels: Tensor, generator: Generator) -> Tensor:
        """The same picture as often as it is asked for: it knows no classes."""
        return self.x.detach().expand(len(labels), -1, -1, -1).clone()
