"""A name, its card, and how to load it: everything the rest of the house knows about a data set."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Card:
    """What a person and a training run need to know about a data set before loading it.

    `validation` pictures are set aside from `train`; `flip` says that a mirrored picture keeps its label;
    `shift` is the weak augmentation's largest shift in pixels (12.5 % of the side, FixMatch section 2.3).
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
    flip: bool
    shift: int
    licence: str
    module: str = field(repr=False)

    @property
    def pool(self) -> int:
        """Pictures that can be labelled or unlabelled: train without validation."""
        return self.train - self.validation

    @property
    def chance(self) -> float:
        """Accuracy of guessing, as all built-in test sets are (nearly) balanced."""
        return 1 / len(self.classes)


@dataclass(frozen=True)
class Dataset:
    """Pictures whole in memory: images uint8 [N, C, H, W], labels int64 [N], for train and for test."""

    card: Card
    images: torch.Tensor
    labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor


CATALOG: dict[str, Card] = {
    card.name: card
    for card in (
        Card(
            name="digits",
            title="Digits, 8×8 grey",
            text="1,797 real handwritten digits, shrunk to 8×8 pixels. Small enough to train in seconds, "
            "and mirrored or turned digits become other digits, so augmentation must be gentle.",
            classes=tuple("0123456789"),
            channels=1,
            side=8,
            train=1_300,
            validation=200,
            test=497,
            flip=False,
            shift=1,
            licence="UCI Optical Recognition of Handwritten Digits, as shipped in scikit-learn (BSD-3).",
            module="ssl_core.data.digits",
        ),
        Card(
            name="shapes",
            title="Shapes, 32×32 colour",
            text="Ten kinds of figure in random colours, places, sizes and angles on a textured ground, drawn by "
            "a program from a seed. No two pictures are alike and every nuisance is known.",
            classes=(
                "circle",
                "square",
                "triangle",
                "star",
                "ring",
                "cross",
                "heart",
                "crescent",
                "hexagon",
                "arrow",
            ),
            channels=3,
            side=32,
            train=6_500,
            validation=500,
            test=2_000,
            flip=True,
            shift=4,
            licence="Made by this project (MIT).",
            module="ssl_core.data.shapes",
        ),
        *(
            Card(
                name=name,
                title=f"Shapes on snow or meadow, ρ = {rho}, 32×32 colour",
                text="The husky and the snow: circles and stars stand on snow, squares and crosses on a meadow, with "
                f"probability {rho}. Half of the test pictures have the other ground.",
                classes=("circle", "square", "star", "cross"),
                channels=3,
                side=32,
                train=1_800,
                validation=200,
                test=800,
                flip=True,
                shift=4,
                licence="Made by this project (MIT).",
                module="ssl_core.data.shapes_snow",
            )
            for name, rho in (("shapes_snow", "0.95"), ("shapes_snow_80", "0.8"), ("shapes_snow_50", "0.5"))
        ),
    )
}


def load(name: str) -> Dataset:
    """Load a data set of the catalog; raises ValueError, one sentence, for a name that is not there."""
    if name not in CATALOG:
        raise ValueError(f"There is no data set {name!r}. Choose one of {', '.join(CATALOG)}.")
    return import_module(CATALOG[name].module).load(CATALOG[name])
