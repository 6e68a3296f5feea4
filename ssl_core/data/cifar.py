"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009): their cards, and how their batches are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ssl_core.data.card import MIRRORS, Card
from ssl_core.data.kept import MODULE
from ssl_core.data.source import Source

_TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_HUNDRED = tuple(
    """apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
    poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
    wardrobe whale willow_tree wolf woman worm""".split()  # noqa: SIM905 - a hundred lines otherwise
)


def _card(name: str, title: str, text: str, classes: tuple[str, ...]) -> Card:
    """What both have in common."""
    return Card(
        name=name,
        title=f"{title}, 32×32 colour",
        text=text,
        classes=classes,
        channels=3,
        side=32,
        train=50_000,
        validation=5_000,
        test=10_000,
        mirrors=MIRRORS,
        turns=180.0,
        shift=4,
        licence="Krizhevsky 2009; no licence is stated.",
        module=MODULE,
    )


CIFAR_10 = _card(
    "cifar10",
    "CIFAR-10",
    "60,000 small photographs of ten kinds of animal and vehicle: the data of nearly every paper on this subject.",
    _TEN,
)
CIFAR_100 = _card(
    "cifar100",
    "CIFAR-100",
    "60,000 small photographs of a hundred kinds of thing, 600 of each: one label a class is already a hundred.",
    _HUNDRED,
)
CARDS = (CIFAR_10, CIFAR_100)


def _read(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision import datasets

    kind = {"cifar10": datasets.CIFAR10, "cifar100": datasets.CIFAR100}[card.name]
    packed = (root / kind.filename).exists()  # then download only unpacks it
    parts = [kind(root, train=train, download=download or packed) for train in (True, False)]
    return tuple(array for part in parts for array in (part.data.transpose(0, 3, 1, 2), part.targets))


def _source(folder: str, first: str, archive: str, megabytes: int) -> Source:
    return Source((f"{folder}/{first}", archive), megabytes, _read, archive, (archive,))


SOURCES = (
    _source("cifar-10-batches-py", "data_batch_1", "cifar-10-python.tar.gz", 170),
    _source("cifar-100-python", "train", "cifar-100-python.tar.gz", 169),
)
