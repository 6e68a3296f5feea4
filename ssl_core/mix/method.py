"""A mixing method as a row of a grid: partner × form × mask × label share × law of λ × space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.mix import form
from ssl_core.mix.blend import blend
from ssl_core.mix.law import LAWS, Law, draw_shares
from ssl_core.mix.mask import MASKS, Chance, Size
from ssl_core.mix.partner import draw_partner
from ssl_core.mix.share import SHARES

FORMS = {
    "whole": "as it is",
    "shrunk": "shrunk into the box",
    "grey": "a grey picture whose label is anybody's guess",
    "moments": "only its brightness and contrast",
    "chains": "three chains of augmentations, averaged",
}
SPACES = {"pixels": "pixels", "features": "features inside a network"}


@dataclass(frozen=True)
class Mixing:
    """One named method; every field from `partner` to `space` is a key of the table that explains it."""

    title: str
    idea: str
    paper: str
    partner: str = "permutation"
    form: str = "whole"
    mask: str = "even"
    share: str = "mass"
    law: str = "beta"
    space: str = "pixels"
    alpha: float = 1.0

    @property
    def lam(self) -> Law:
        """The law of λ itself."""
        return LAWS[self.law]


class Drawn(NamedTuple):
    """Everything chance decided for a batch, so that it can be shown and used again."""

    partner: Tensor  # rows, int64 [B]
    lam: Tensor  # [B]
    chance: Chance  # places, landscapes, chains


class Aids(NamedTuple):
    """What some methods need besides the pictures; None where a method does not."""

    salience: Tensor | None = None  # [B, H, W], how much each of the partner's pixels matters
    counts: Tensor | None = None  # training pictures of each class [L]
    chain: Callable[[Tensor, Generator], Tensor] | None = None  # one random augmentation a picture


NO_AIDS = Aids()


class Mixed(NamedTuple):
    """Mixed pictures and labels, with what led to them."""

    pictures: Tensor
    labels: Tensor
    mask: Tensor  # [B, 1, H, W], 1 = first picture
    share: Tensor  # weight of the first label [B]


def draw_chance(method: Mixing, count: int, size: Size, generator: Generator) -> Chance:
    """What the mask and the partner's form leave to chance."""
    chance = MASKS[method.mask].draw(count, size, generator)
    return chance | form.draw_chains(count, generator) if method.form == "chains" else chance


def draw(
    method: Mixing,
    labels: Tensor,
    size: Size,
    generator: Generator,
    *,
    alpha: float | None = None,
    grain: str = "sample",
    partner: str | None = None,
) -> Drawn:
    """Draw partners, λ and places for a batch with labels int64 [B]; as asked, else as the method does."""
    rows = draw_partner(partner or method.partner, labels, generator)
    lam = draw_shares(method.lam, method.alpha if alpha is None else alpha, len(labels), generator, grain)
    return Drawn(rows, lam, draw_chance(method, len(labels), size, generator))


def mix(
    method: Mixing, x1: Tensor, x2: Tensor, y1: Tensor, y2: Tensor, lam: Tensor, chance: Chance, aids: Aids = NO_AIDS
) -> Mixed:
    """Mix pictures [B, C, H, W] in 0..1 and labels [B, L] pair by pair; nothing is drawn here.

    Raises ValueError, one sentence, for whole-number pictures, two sizes, or a missing aid.
    """
    _check(x1, x2)
    size = (x1.shape[-2], x1.shape[-1])
    chance = _looked_up(method, chance, aids, size)
    mask = MASKS[method.mask].make(lam.cpu(), chance, size).to(x1)
    x2, y2 = _arriving(method, x1, x2, y2, lam, chance, aids)
    share = SHARES[method.share].of(lam.to(x1), mask, y1, y2, aids.counts).to(y1)
    return Mixed(*blend(x1, x2, mask, y1, y2, share), mask, share)


def mix_drawn(method: Mixing, x: Tensor, y: Tensor, drawn: Drawn, aids: Aids = NO_AIDS) -> Mixed:
    """Mix a batch with itself as drawn; `aids.salience` belongs to the rows of `x`, not of their partners."""
    rows = drawn.partner.to(x.device)
    if aids.salience is not None:
        aids = aids._replace(salience=aids.salience[drawn.partner.to(aids.salience.device)])
    return mix(method, x, x[rows], y, y[rows], drawn.lam, drawn.chance, aids)


def _check(x1: Tensor, x2: Tensor) -> None:
    if not (x1.is_floating_point() and x2.is_floating_point()):
        raise ValueError("Mixing needs pictures as numbers from 0 to 1, not as bytes: divide by 255 first.")
    if x1.shape != x2.shape:
        a, b = ("×".join(map(str, x.shape[1:])) for x in (x1, x2))
        raise ValueError(
            f"The pictures to mix differ in size ({a} and {b}): bring them to one size with alike() first."
        )


def _looked_up(method: Mixing, chance: Chance, aids: Aids, size: Size) -> Chance:
    if method.mask != "salient_box":
        return chance
    if aids.salience is None:
        raise ValueError(f"{method.title} needs to know which pixels matter: pass salience.")
    peak = aids.salience.flatten(1).argmax(dim=1).cpu()
    return chance | {"x": peak % size[1], "y": peak // size[1]}


def _arriving(
    method: Mixing, x1: Tensor, x2: Tensor, y2: Tensor, lam: Tensor, chance: Chance, aids: Aids
) -> tuple[Tensor, Tensor]:
    if method.form == "shrunk":
        return form.shrunk(x2, lam.cpu(), chance), y2
    if method.form == "grey":
        return torch.full_like(x2, form.GREY), torch.full_like(y2, 1 / y2.shape[1])
    if method.form == "moments":
        return form.moment_exchange(x1, x2), y2
    if method.form == "chains":
        if aids.chain is None:
            raise ValueError(f"{method.title} needs an augmentation to build its chains from: pass chain.")
        return form.chained(x1, chance, aids.chain), y2
    return x2, y2
