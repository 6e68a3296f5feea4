"""Two pictures that are to be mixed, from the same data set or from two, with one list of classes."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ssl_core.mix.join import alike, joined_classes, joined_labels


class Picture(NamedTuple):
    """Pixels [1, C, H, W] in 0..1, its class as a row of `classes`, and how it is called."""

    pixels: Tensor
    label: int
    classes: tuple[str, ...]
    name: str


class Pair(NamedTuple):
    """Pictures [C, H, W] of one size, labels [L] over one list of classes, and a sentence if sizes were changed."""

    x1: Tensor
    x2: Tensor
    y1: Tensor
    y2: Tensor
    classes: tuple[str, ...]
    names: tuple[str, str]
    words: str


def picture(images: Tensor, labels: Tensor, classes: tuple[str, ...], row: int) -> Picture:
    """One picture of a data set whose images are bytes [N, C, H, W]; of unknown class (−1) it is a class of its own."""
    label = int(labels[row])
    if label < 0:
        return foreign(images[row], "unknown")
    return Picture(images[row : row + 1].float() / 255, label, classes, classes[label])


def foreign(pixels: Any, name: str) -> Picture:
    """A picture of no data set, bytes [C, H, W], as a class of its own."""
    return Picture(torch.as_tensor(pixels)[None].float() / 255, 0, (name,), name)


def pair(a: Picture, b: Picture) -> Pair:
    """Bring two pictures to one size, one number of channels and one list of classes."""
    x1, x2, words = alike(a.pixels, b.pixels)
    classes = joined_classes(a.classes, b.classes)
    one = torch.eye(max(len(a.classes), len(b.classes)))
    offset = len(classes) - len(b.classes)
    y1 = joined_labels(one[a.label, : len(a.classes)][None], len(classes), 0)[0]
    y2 = joined_labels(one[b.label, : len(b.classes)][None], len(classes), offset)[0]
    return Pair(x1[0], x2[0], y1, y2, classes, (a.name, b.name), words)


def batch(images: Tensor, labels: Tensor, classes: int, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`count` pictures of known class drawn from a data set, in 0..1, and their labels [count, L]."""
    rows = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    rows = rows[labels[rows] >= 0][:count]
    return images[rows].float() / 255, torch.eye(classes)[labels[rows]]
