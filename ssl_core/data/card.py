"""What is known about a data set before loading it, and what loading gives."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

UNKNOWN = -1  # the label of a row whose class nobody knows
MIRRORS = ("left-right", "top-bottom")


@dataclass(frozen=True)
class Card:
    """What a person and a training run need to know about a data set before loading it.

    `validation` pictures are set aside from `train`; `mirrors` (of MIRRORS) and `turns` (degrees; 180 is any) say
    which mirrored and turned pictures keep their class; `shift` is the weak augmentation's largest shift in pixels
    (12.5 % of the side, FixMatch section 2.3); `common` is the share of the commonest class in the test set, 0 where
    the classes are (nearly) balanced. `unknown` of the `train` rows have no label: nobody knows their class. `test`
    may be 0. Where `pictures` is False a row is a vector of `channels` numbers and `side` is 1. `fit` says how a
    picture that is not square is made so (images.FITS). `held`: the validation was brought, as the last rows of train.
    `contents` is a hash of the rows and labels that are kept, or nothing.
    """

    name: str
    title: str
    text: str
    classes: tuple[str, ...]
    channels: int
    side: int
    train: int
    validation: int
    test: int
    mirrors: tuple[str, ...]
    shift: int
    licence: str
    module: str = field(repr=False)
    common: float = 0.0
    turns: float = 30.0
    pictures: bool = True
    unknown: int = 0
    fit: str = "cut"
    held: bool = False
    contents: str = field(default="", repr=False)

    @property
    def flip(self) -> bool:
        """Whether a picture mirrored left and right keeps its class."""
        return "left-right" in self.mirrors

    @property
    def pool(self) -> int:
        """Pictures that can be labelled or unlabelled: train without validation."""
        return self.train - self.validation

    @property
    def known(self) -> int:
        """The most labels a run can ask for: what is left of pool without the rows whose class nobody knows."""
        return self.pool - self.unknown

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row: a picture's channels, height and width, or a vector's length."""
        return (self.channels, self.side, self.side) if self.pictures else (self.channels,)

    @property
    def fingerprint(self) -> str:
        """16 letters and digits that change with the classes, their order, the pictures or their labels.

        Of a set that is not kept, because the program makes it, they follow from its name and its counts.
        """
        what = self.contents or [self.name, self.train, self.validation, self.test]
        text = json.dumps([self.classes, self.shape, what])
        return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()

    def class_of(self, label: int) -> str:
        """A class's name, or "unknown"."""
        return "unknown" if label == UNKNOWN else self.classes[label]

    @property
    def chance(self) -> float:
        """Accuracy of a guess that looks at no picture."""
        return max(1 / max(len(self.classes), 1), self.common)


@dataclass(frozen=True)
class Dataset:
    """Rows whole in memory, and labels int64 [N], for train and for test.

    Rows are pictures uint8 [N, C, H, W], or vectors float32 [N, D] of any scale. A label is a class or UNKNOWN, in the
    test always a class; the test may be empty.
    """

    card: Card
    images: torch.Tensor
    labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
