"""What happens to the label: the weight of the first picture's label after mixing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

KAPPA, TAU = 3.0, 0.5  # Remix, Chou et al. 2020; the two values are ours to start from, not checked against the paper

Rule = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor | None], Tensor]


@dataclass(frozen=True)
class Share:
    """`text` for the reader; `of(lam, mask, y1, y2, counts)` is the weight [B]; `mass` says that it is mean(M)."""

    text: str
    of: Rule
    mass: bool = False


def remix_share(lam: Tensor, first: Tensor, second: Tensor, kappa: float = KAPPA, tau: float = TAU) -> Tensor:
    """λ, unless one class is κ times larger than the other and holds less than τ of the rarer one's picture.

    `first` and `second` [B] are the numbers of training pictures of the two classes. The rare label then wins whole:
    a share of 0 gives it to the second picture, 1 to the first. Remix, Chou et al. 2020, equation 4.
    """
    to_second = (first >= kappa * second) & (lam < tau)
    to_first = (second >= kappa * first) & (1 - lam < tau)
    return torch.where(to_second, torch.zeros_like(lam), torch.where(to_first, torch.ones_like(lam), lam))


def _remix(lam: Tensor, mask: Tensor, y1: Tensor, y2: Tensor, counts: Tensor | None) -> Tensor:
    if counts is None:
        raise ValueError("Remix needs to know how many pictures each class has: pass counts.")
    counts = counts.to(lam)
    return remix_share(lam, y1.to(lam) @ counts, y2.to(lam) @ counts)


def _mass(lam: Tensor, mask: Tensor, *_: Tensor | None) -> Tensor:
    return mask.mean(dim=(1, 2, 3))


SHARES: dict[str, Share] = {
    "mass": Share("the part of the picture it kept: mean of the mask", _mass, mass=True),
    "lam": Share("λ", lambda lam, *_: lam),
    "first": Share("all of it: the first label stays", lambda lam, *_: torch.ones_like(lam)),
    "remix": Share("λ, but a rare class takes all", _remix),
}


def example_counts(y1: Tensor, y2: Tensor, many: float = 100.0, few: float = 10.0) -> tuple[Tensor, str]:
    """Class counts [L] in which the first picture's class is common and the second's rare, and a sentence with both.

    The sentence has the places {a} and {b} for the classes' names.
    """
    counts = torch.full_like(y1, many)
    counts[y2.argmax()] = few
    counts[y1.argmax()] = many
    if y1.argmax() == y2.argmax():
        return counts, "Both pictures are of {a}, so Remix has no rare class to favour."
    return (
        counts,
        f"Assumed here: {many:.0f} training pictures of {{a}} and {few:.0f} of {{b}}; κ = {KAPPA:g}, τ = {TAU:g}.",
    )
