"""The card of a network whose pictures are not here: it keeps its own class names and the size it was taught to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.data.card import Card
from ssl_core.data.kept import MODULE
from ssl_core.data.understand import clean

MOST_CLASSES = 1_000  # as many as ImageNet has
LARGEST = {1: 65_536, 3: 1_024}  # numbers of a vector; pixels a side of a picture
LICENCE = "Its licence is yours to know."


def is_shape(shape: Any) -> bool:
    """Whether this is the shape of a row: [channels 1 or 3, side, side], or [length of a vector]."""
    whole = isinstance(shape, (list, tuple)) and len(shape) in LARGEST and all(type(n) is int for n in shape)
    if not whole or not all(0 < n <= LARGEST[len(shape)] for n in shape):
        return False
    return len(shape) == 1 or (shape[0] in (1, 3) and shape[1] == shape[2])


def are_classes(names: Any) -> bool:
    """Whether these are names of classes: at least two texts, at most 1,000."""
    return isinstance(names, list) and 1 < len(names) <= MOST_CLASSES and all(isinstance(n, str) for n in names)


def harmless(names: Sequence[str]) -> tuple[str, ...]:
    """A stranger's class names as they may be shown anywhere, each once."""
    kept: list[str] = []
    for number, name in enumerate(names, 1):
        name = clean(name, f"class {number}")
        kept.append(f"{name} ({number})" if name in kept else name)
    return tuple(kept)


def alone(data: str, classes: Sequence[str], shape: Sequence[int], licence: str = LICENCE) -> Card:
    """A card without pictures; raises ValueError, one sentence, where the shape is none.

    Which mirrored pictures keep their class is not known, so none is said to.
    """
    if not is_shape(shape):
        raise ValueError("It does not say which size of pictures it was taught to see.")
    pictures = len(shape) > 1
    side = shape[1] if pictures else 1
    last = clean(data.rpartition("/")[2].partition("@")[0], "Pictures")
    return Card(
        name=data,
        title=f"{last}, {side}×{side}" if pictures else last,
        text="Its pictures are not here.",
        classes=tuple(classes),
        channels=shape[0],
        side=side,
        train=0,
        validation=0,
        test=0,
        mirrors=(),
        shift=max(1, round(side / 8)),  # 12.5 %, FixMatch section 2.3
        licence=licence,
        module=MODULE,
        pictures=pictures,
    )
