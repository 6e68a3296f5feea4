"""Who is mixed with whom: every rule gives, for each row of a batch, the row of its partner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

Draw = Callable[[Tensor, Generator], Tensor]  # labels int64 [B] to rows int64 [B]


@dataclass(frozen=True)
class Partner:
    """`text` for the reader, and how the partner rows are drawn from the labels."""

    text: str
    draw: Draw


def _permutation(labels: Tensor, generator: Generator) -> Tensor:
    return torch.randperm(len(labels), generator=generator)


def _derangement(labels: Tensor, generator: Generator) -> Tensor:
    """A random cycle through all rows: nobody is mixed with itself."""
    order = torch.randperm(len(labels), generator=generator)
    rows = torch.empty_like(order)
    rows[order] = order.roll(1)
    return rows


def _chosen(allowed: Tensor, generator: Generator) -> Tensor:
    """One allowed column for every row of a boolean table [B, B], each as likely as the others."""
    return torch.rand(allowed.shape, generator=generator).masked_fill(~allowed, -1).argmax(dim=1)


def _same_class(labels: Tensor, generator: Generator) -> Tensor:
    same = (labels[:, None] == labels[None, :]) & ~torch.eye(len(labels), dtype=torch.bool)
    alone = ~same.any(dim=1)
    return torch.where(alone, torch.arange(len(labels)), _chosen(same, generator))


def _other_class(labels: Tensor, generator: Generator) -> Tensor:
    other = labels[:, None] != labels[None, :]
    if not other.any(dim=1).all():
        raise ValueError("All pictures here have the same class: choose a second class, or another partner rule.")
    return _chosen(other, generator)


PARTNERS: dict[str, Partner] = {
    "permutation": Partner("the batch, shuffled", _permutation),
    "derangement": Partner("the batch, shuffled, never itself", _derangement),
    "roll": Partner("the picture before it", lambda labels, generator: torch.arange(len(labels)).roll(1)),
    "flip": Partner("the batch, back to front", lambda labels, generator: torch.arange(len(labels)).flip(0)),
    "same_class": Partner("another picture of its class", _same_class),
    "other_class": Partner("a picture of another class", _other_class),
    "itself": Partner("the same picture, changed", lambda labels, generator: torch.arange(len(labels))),
}


def draw_partner(name: str, labels: Tensor, generator: Generator) -> Tensor:
    """Rows int64 [B] of the partners; raises ValueError, one sentence, where there are none."""
    if name not in PARTNERS:
        raise ValueError(f"There is no partner rule {name!r}. Choose one of {', '.join(PARTNERS)}.")
    return PARTNERS[name].draw(labels.cpu(), generator)
