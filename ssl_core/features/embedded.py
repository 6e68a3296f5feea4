"""A data set as a network sees it: rows are features, and views are drawn from those that were kept."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from ssl_core.data import Dataset
from ssl_core.features.kept import Shelf
from ssl_core.models.pretrained import Standard


@dataclass(frozen=True)
class Embedded(Dataset):
    """A data set whose rows are features float32 [N, width] in the units of `standard`.

    `views` holds, by name, the copies float16 [k, N, width] as the network saw them.
    """

    standard: Standard
    views: Mapping[str, Tensor]

    def policies(self, rows: Tensor) -> dict[str, KeptViews]:
        """The weak and the strong view of these rows: the set's own, and behind them any that were invented."""
        place, spare = rows.device, rows[len(self.images) :]
        units = copy.deepcopy(self.standard).to(place)
        return {name: KeptViews(name, copies.to(place), units, spare) for name, copies in self.views.items()}


@dataclass(frozen=True)
class KeptViews:
    """A policy that draws one of a row's kept copies; `spare` are rows behind the data set's own, which have none."""

    name: str
    copies: Tensor
    standard: Standard
    spare: Tensor
    learns: ClassVar[bool] = False

    def draw(self, batch_size: int, generator: Generator) -> Tensor:
        """Which copy each row shows, [B], on the CPU, so that a GPU gets the same."""
        return torch.randint(len(self.copies), (batch_size,), generator=generator)

    def apply(self, drawn: Tensor, rows: Tensor) -> Tensor:
        """The features [B, width] of these rows' copies."""
        own = self.copies.shape[1]
        seen = self.standard(self.copies[drawn.to(rows.device), rows.clamp(max=own - 1)].float())
        if len(self.spare):
            return torch.where((rows >= own)[:, None], self.spare[(rows - own).clamp(min=0)], seen)
        return seen

    def __call__(self, rows: Tensor, generator: Generator, memory: None = None) -> Tensor:
        """Draw and apply."""
        return self.apply(self.draw(len(rows), generator), rows)


def embedded(data: Dataset, shelf: Shelf, scale: str) -> Embedded:
    """The data set as the network sees it; raises ValueError, one sentence, where a block is damaged."""
    copies: dict[str, list[Tensor]] = {}
    for view in shelf.views:
        copies.setdefault(view.name, []).append(shelf.read(view))
    plain = copies.pop("plain")
    copies["weak"] = plain + copies["weak"]  # to be shown as it is, as the test will be, is a weak view, too
    rows = plain[0].float()
    tests = copies.pop("test", [rows[:0]])[0].float()
    card = dataclasses.replace(data.card, pictures=False, channels=rows.shape[1], side=1, mirrors=())
    units = Standard(rows.shape[1]).measure(rows, scale)
    return Embedded(
        card,
        units(rows),
        data.labels,
        units(tests),
        data.test_labels,
        units,
        {name: torch.stack(parts) for name, parts in copies.items()},
    )
