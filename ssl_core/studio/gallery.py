"""Every operation at work on one picture, at a middle strength: what there is to choose from."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator

from ssl_core.augment.operation import KINDS
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.words import amount
from ssl_core.images.writing import to_shown_source
from ssl_core.studio.sources import Pictures


class Exhibit(NamedTuple):
    """One operation's outcome, its title, how strong it was, and what it does; the first is the picture itself."""

    name: str
    title: str
    src: str
    words: str
    does: str


def gallery(pictures: Pictures, picture: int) -> list[Exhibit]:
    """The picture as it is, and after each operation, those of a kind together; each draws its chance from seed 0."""
    x = pictures.images[[picture % len(pictures.images)]].float() / 255
    sampling = "bilinear" if x.shape[-1] < 24 else "nearest"  # as preview.sampling_of
    rooms = sorted(OPERATIONS.values(), key=lambda operation: KINDS.index(operation.kind))
    shown = [Exhibit("identity", "original", to_shown_source(x[0]), "", "the picture as it is")]
    for operation in rooms:
        if operation.name == "identity":
            continue
        strength = operation.middle()
        luck = torch.rand((1, operation.luck), generator=Generator().manual_seed(0)) if operation.luck else None
        y = operation(x, torch.tensor([strength]), luck, sampling)
        words = "nothing to see here" if torch.equal(x, y) else amount(operation.name, strength)
        shown.append(Exhibit(operation.name, operation.title, to_shown_source(y[0]), words, operation.does))
    return shown
