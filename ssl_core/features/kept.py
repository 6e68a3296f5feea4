"""Where views lie once a network has looked at them: float16 blocks of 256 pictures, beside the data sets of a store.

A block is a whole file or none, so that work which was cut off goes on where it stood. Folders are named by what the
pictures hold: whoever brings the same pictures again, with more labels or under another name, finds them looked at.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ssl_core.data import Dataset, places
from ssl_core.features.views import BLOCK, View, pictures_key


class Shelf:
    """The kept views of one data set's pictures under one network."""

    def __init__(self, data: Dataset, network: str, views: Sequence[View]) -> None:
        self.train, self.test = data.images, data.test_images
        keys = [pictures_key(images) for images in (self.train, self.test)]
        self.home = places.kept().parent / "_features" / f"{network}-{keys[0]}"  # no run has an underscore in its name
        test = [View("test", 0, None)] if len(self.test) else []
        self.views = [*test, *views]
        self._keys = {id(view): view.key(keys[view.name == "test"], network) for view in self.views}

    def images(self, view: View) -> Tensor:
        """The pictures that a view is of."""
        return self.test if view.name == "test" else self.train

    def path(self, view: View, first: int) -> Path:
        """The file of a block."""
        return self.home / f"{self._keys[id(view)]}-{first:08d}.npy"

    def blocks(self) -> list[tuple[View, int]]:
        """Every block, as its view and its first picture."""
        return [(view, first) for view in self.views for first in range(0, len(self.images(view)), BLOCK)]

    def missing(self) -> list[tuple[View, int]]:
        """The blocks that nobody has looked at yet."""
        return [(view, first) for view, first in self.blocks() if not self.path(view, first).exists()]

    def size(self, view: View, first: int) -> int:
        """Pictures of a block."""
        return min(BLOCK, len(self.images(view)) - first)

    def read(self, view: View) -> Tensor:
        """A view, float16 [N, width]; raises ValueError, one sentence, for a damaged block."""
        parts = []
        for first in range(0, len(self.images(view)), BLOCK):
            path = self.path(view, first)
            try:
                parts.append(np.load(path, allow_pickle=False))
            except (OSError, ValueError) as wrong:
                raise ValueError(f"The kept views in {path} cannot be read ({wrong}): delete that file.") from None
        return torch.from_numpy(np.concatenate(parts))


def plain_views(data: Dataset, network: str) -> tuple[Tensor, Tensor] | None:
    """What a network saw of the training and the test pictures as they are, float16 [N, width] each.

    None where that was not kept, or not all of it; raises ValueError, one sentence, for a damaged block.
    """
    shelf = Shelf(data, network, [View("plain", 0, None)])
    if shelf.missing():
        return None
    seen = {view.name: shelf.read(view) for view in shelf.views}
    return seen["plain"], seen.get("test", seen["plain"][:0])


def as_bytes(rows: Tensor) -> bytes:
    """A block's file."""
    file = io.BytesIO()
    np.save(file, rows.numpy(), allow_pickle=False)
    return file.getvalue()
