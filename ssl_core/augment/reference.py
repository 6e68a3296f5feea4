"""FixMatch's two public RandAugments, level for level: "tf-code" (its authors') and "kekmodel" (the usual port).

Both draw two of fourteen operations a picture, a whole level of 1 to 9, and let each act with probability one half,
where the paper says always. Then they paint a square of 16 pixels whatever the picture's size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.augment.pillow import PILLOW
from ssl_core.augment.policy import Change, Drawn, Frame, changes
from ssl_core.augment.pools import FACTORS
from ssl_core.knobs import knob

NAMES = tuple(PILLOW)
SIGNED = ("rotate", "shear_x", "shear_y", "translate_x", "translate_y")
Magnitude = Callable[[int, int], float]  # level, width -> strength in the operation's unit

TF_CODE: dict[str, Magnitude] = {
    **{name: lambda level, width: 0.18 * level + 0.1 for name in FACTORS},
    "posterize": lambda level, width: 4 - int(0.4 * level),
    "solarize": lambda level, width: 256 - int(25.6 * level),
    "rotate": lambda level, width: int(3 * level),
    **{name: lambda level, width: 0.03 * level for name in ("shear_x", "shear_y")},
    **{name: lambda level, width: level for name in ("translate_x", "translate_y")},  # pixels, whatever the width
}
KEKMODEL: dict[str, Magnitude] = {
    **{name: lambda level, width: 0.09 * level + 0.05 for name in FACTORS},
    "posterize": lambda level, width: 4 + int(0.4 * level),  # the higher the level the weaker: its own order
    "solarize": lambda level, width: 256 - int(25.6 * level),
    "rotate": lambda level, width: int(3 * level),
    **{name: lambda level, width: 0.03 * level for name in ("shear_x", "shear_y")},
    **{name: lambda level, width: int(0.03 * level * width) for name in ("translate_x", "translate_y")},
}
TABLES = {"tf-code": TF_CODE, "kekmodel": KEKMODEL}


def magnitude(rule: str, name: str, level: int, width: int) -> float:
    """What a level means; 0 for operations without one."""
    return float(TABLES[rule].get(name, lambda level, width: 0)(level, width))


def in_our_units(index: Tensor, strength: Tensor, height: int, width: int) -> Tensor:
    """Strengths of NAMES[index] as the operations of operations.py take them: shares, and Pillow's signs turned."""
    sizes = {"solarize": 256, "translate_x": -width, "translate_y": -height, "shear_x": -1, "shear_y": -1}
    return strength / torch.tensor([float(sizes.get(name, 1)) for name in NAMES])[index]


def to_levels(x: Tensor) -> Tensor:
    """Pictures in 0..1 as whole levels with an alpha plane."""
    return torch.cat([(x * 255).round(), torch.full_like(x[:, :1], 255)], 1)


def from_levels(levels: Tensor, fill: float) -> Tensor:
    """Back to 0..1; what comes from outside the picture gets `fill`."""
    return torch.where(levels[:, -1:] == 0, fill, levels[:, :-1] / 255)


@dataclass(frozen=True)
class Reference:
    """Two operations with Pillow's pixels; `rule` says whose table."""

    rule: str = knob("tf-code", "Whose code.", choices=tuple(TABLES), source="FixMatch; kekmodel/FixMatch-pytorch")
    count: int = knob(2, "Operations a picture.", low=1, high=4, source="both")
    chance: float = knob(0.5, "Probability that each acts.", low=0.0, high=1.0, source="both; the paper says 1")

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """operation, level 1..9, negative and acts, each [B, count]."""
        shape = (batch_size, self.count)
        return {
            "operation": torch.randint(len(NAMES), shape, generator=generator),
            "level": torch.randint(1, 10, shape, generator=generator),
            "negative": torch.rand(shape, generator=generator) < 0.5,
            "acts": torch.rand(shape, generator=generator) < self.chance,
        }

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Operation by operation on whole levels; the alpha plane goes from one to the next."""
        return self.film(drawn, x)[-1].x

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame a slot."""
        fill = 0.5 if self.rule == "tf-code" else 0.0  # tf-code fills in [-1, 1], where 0 is mid-grey
        levels, frames, width = to_levels(x), [], x.shape[-1]
        for slot in range(self.count):
            strength = self._strength(drawn, slot, width)
            after = levels.clone()
            index = torch.where(drawn["acts"][:, slot], drawn["operation"][:, slot], -1)
            for number, name in enumerate(NAMES):
                rows = (index == number).nonzero().squeeze(1)
                if len(rows):
                    here = rows.to(x.device)
                    after[here] = PILLOW[name](levels[here], strength[rows].to(x.device))
            levels = after
            seen = changes(NAMES, index.tolist(), in_our_units(index, strength, *x.shape[-2:]).tolist())
            frames.append(Frame(from_levels(levels, fill).to(x.dtype), seen))
        return frames

    def _strength(self, drawn: Drawn, slot: int, width: int) -> Tensor:
        columns = (drawn[key][:, slot].tolist() for key in ("operation", "level", "negative"))
        values = [
            magnitude(self.rule, NAMES[i], level, width) * (-1 if negative and NAMES[i] in SIGNED else 1)
            for i, level, negative in zip(*columns, strict=True)
        ]
        return torch.tensor(values, dtype=torch.float64)


def tf_box(centre: Tensor, side: int, size: int) -> tuple[Tensor, Tensor]:
    """First and one past the last pixel along one axis: half a side each way, clipped."""
    return (centre - side // 2).clamp(min=0), (centre + side // 2).clamp(max=size)


def kekmodel_box(centre: Tensor, side: int, size: int) -> tuple[Tensor, Tensor]:
    """The corner is clipped first and the far edge belongs to the box: one pixel wider, not centred at a border."""
    first = (centre - side / 2).clamp(min=0).floor()
    return first, (first + side).clamp(max=size).floor() + 1


@dataclass(frozen=True)
class PixelCutout:
    """A grey square of so many pixels, as the two codes paint it; on small pictures it covers everything."""

    rule: str = knob("tf-code", "Whose code.", choices=tuple(TABLES), source="FixMatch; kekmodel/FixMatch-pytorch")
    side: int = knob(16, "Side of the square, pixels.", low=1, high=256, source="both; for 32 × 32")

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """The centre as shares of the picture, y and x, each [B]."""
        return {"y": torch.rand(batch_size, generator=generator), "x": torch.rand(batch_size, generator=generator)}

    def mask(self, drawn: Drawn, height: int, width: int) -> Tensor:
        """True in the hole, [B, H, W]."""
        edges = []
        for share, size in ((drawn["y"], height), (drawn["x"], width)):
            if self.rule == "tf-code":  # whole centres
                first, last = tf_box((share.double() * size).floor(), self.side, size)
            else:
                first, last = kekmodel_box(share.double() * size, self.side, size)
            place = torch.arange(size)
            edges.append((place >= first[:, None]) & (place < last[:, None]))
        return edges[0][:, :, None] & edges[1][:, None, :]

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Mid-grey of each code: 0 in [-1, 1], or level 127."""
        grey = 0.5 if self.rule == "tf-code" else 127 / 255
        return x.masked_fill(self.mask(drawn, *x.shape[-2:]).to(x.device)[:, None], grey)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame."""
        shares = self.mask(drawn, *x.shape[-2:]).double().mean(dim=(1, 2)).tolist()
        return [Frame(self.apply(drawn, x), [(Change("pixel_hole", share),) for share in shares])]
