"""Two data sets at one table: pictures of one size and colour, and one list of classes."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def alike(x1: Tensor, x2: Tensor) -> tuple[Tensor, Tensor, str]:
    """Both [B, C, H, W] at the larger size and the larger number of channels, and a sentence if that changed one.

    Enlarging is bilinear; a grey picture gets its one channel three times.
    """
    side = max(x1.shape[-2], x2.shape[-2]), max(x1.shape[-1], x2.shape[-1])
    channels = max(x1.shape[1], x2.shape[1])
    notes = []
    for name, x in (("A", x1), ("B", x2)):
        if x.shape[-2:] != side:
            notes.append(f"Picture {name} was enlarged from {x.shape[-1]}×{x.shape[-2]} to {side[1]}×{side[0]}")
        elif x.shape[1] != channels:
            notes.append(f"Picture {name} was given three colour channels")
    words = f"{' and '.join(notes)}, because only pictures of one size and colour can be mixed." if notes else ""
    return _brought(x1, side, channels), _brought(x2, side, channels), words


def _brought(x: Tensor, side: tuple[int, int], channels: int) -> Tensor:
    if x.shape[-2:] != side:
        x = F.interpolate(x, side, mode="bilinear", align_corners=False)
    return x if x.shape[1] == channels else x.expand(-1, channels, -1, -1)


def joined_classes(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """One list for both sets: the first's classes, then those of the second."""
    return first if first == second else (*first, *second)


def joined_labels(y: Tensor, classes: int, offset: int) -> Tensor:
    """Labels [B, L] as rows of a longer list that has them from `offset` on."""
    return F.pad(y, (offset, classes - offset - y.shape[1]))
