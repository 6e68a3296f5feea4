"""Public data sets: their cards, where their files are looked for, and reading them once.

Files are read by torchvision's own classes, which check their md5 before they unpickle anything, or by a few lines
here where there is nothing to unpickle. Nothing is downloaded unless somebody asks for it.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ssl_core.data import places, sheets
from ssl_core.data.brought import gather
from ssl_core.data.card import MIRRORS, Card
from ssl_core.data.folders import files
from ssl_core.data.kept import Arrays, recount

CIFAR_10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR_100 = tuple(
    """apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
    poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
    wardrobe whale willow_tree wolf woman worm""".split()  # noqa: SIM905 - a hundred lines otherwise
)
IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def _card(
    name: str, title: str, text: str, classes: tuple[str, ...], counts: tuple[int, int, int], **more: Any
) -> Card:
    train, validation, test = counts
    return Card(
        name=name, title=title, text=text, classes=classes, train=train, validation=validation, test=test,
        module="ssl_core.data.kept", **more,
    )  # fmt: skip


CARDS = (
    _card(
        "fashionmnist", "FashionMNIST, 28×28 grey",
        "70,000 grey pictures of clothes from a shop: the drop-in that is harder than handwritten digits.",
        ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
        (60_000, 5_000, 10_000), channels=1, side=28, mirrors=MIRRORS, turns=180.0, shift=4,
        licence="Xiao et al. 2017, Zalando SE (MIT).",
    ),
    _card(
        "cifar10", "CIFAR-10, 32×32 colour",
        "60,000 small photographs of ten kinds of animal and vehicle: the data of nearly every paper on this subject.",
        CIFAR_10, (50_000, 5_000, 10_000), channels=3, side=32, mirrors=MIRRORS, turns=180.0, shift=4,
        licence="Krizhevsky 2009; no licence is stated.",
    ),
    _card(
        "cifar100", "CIFAR-100, 32×32 colour",
        "60,000 small photographs of a hundred kinds of thing, 600 of each: one label a class is already a hundred.",
        CIFAR_100, (50_000, 5_000, 10_000), channels=3, side=32, mirrors=MIRRORS, turns=180.0, shift=4,
        licence="Krizhevsky 2009; no licence is stated.",
    ),
    _card(
        "svhn", "SVHN, 32×32 colour",
        "House numbers seen from the street, cut to one digit. A mirrored digit is another digit or none, so pictures "
        "are never flipped. The 531,131 extra pictures are left out.",
        tuple("0123456789"), (73_257, 5_000, 26_032), channels=3, side=32, mirrors=(), turns=40.0, shift=4,
        licence="Netzer et al. 2011; for research, not for profit.",
    ),
    _card(
        "stl10", "STL-10, 96×96 colour",
        "13,000 labelled photographs of ten kinds of animal and vehicle. Its 100,000 pictures without labels are left "
        "out: training pictures whose label is withheld serve as unlabelled ones, as with every set here.",
        ("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"),
        (5_000, 500, 8_000), channels=3, side=96, mirrors=MIRRORS, turns=180.0, shift=12,
        licence="Coates et al. 2011, pictures from ImageNet.",
    ),
    _card(
        "fer2013", "FER2013, 48×48 grey faces",
        "35,887 faces with one of seven expressions, disgust being rare. Training and PublicTest are learned from, "
        "PrivateTest is the test.",
        ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
        (32_298, 3_589, 3_589), channels=1, side=48, mirrors=("left-right",), turns=45.0, shift=6, common=0.245,
        licence="Goodfellow et al. 2013: faces collected from the web without a licence, so it is never downloaded: "
        "bring your own copy.",
    ),
)  # fmt: skip


class Source(NamedTuple):
    """How the files of a set are recognised, fetched and read."""

    files: tuple[str, ...]  # any of these, in the data folder or a folder of the set's name, means it is here
    megabytes: int  # of a download; 0 where there is none
    read: Callable[[Card, Path, bool], tuple[Any, Any, Any, Any]]
    hint: str  # what to put into the data folder
    archives: tuple[str, ...] = ()  # what a download writes, as patterns


def _idx(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    if download:
        from torchvision.datasets import FashionMNIST

        FashionMNIST(root, download=True)
        root = root / "FashionMNIST" / "raw"
    images, labels, test_images, test_labels = (read_idx(root / name) for name in IDX)
    return images[:, None], labels, test_images[:, None], test_labels


def read_idx(path: Path) -> np.ndarray:
    """An array of an idx file of bytes, also compressed as .gz; raises ValueError, one sentence.

    Format: http://yann.lecun.com/exdb/mnist/ (two zero bytes, the type 8, the number of axes, their lengths).
    """
    packed = path.with_name(path.name + ".gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
        axes = content[3]
        shape = np.frombuffer(content, ">u4", axes, 4)
        values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
        if content[:3] != b"\0\0\x08" or axes not in (1, 3):
            raise ValueError("it is no idx file of bytes")
        return values.reshape([int(length) for length in shape])
    except (OSError, EOFError, IndexError, ValueError, gzip.zlib.error) as wrong:
        raise ValueError(f"{path.name} cannot be read ({wrong}).") from None


def _cifar(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision import datasets

    kind = {"cifar10": datasets.CIFAR10, "cifar100": datasets.CIFAR100}[card.name]
    packed = (root / kind.filename).exists()  # then download only unpacks it
    parts = [kind(root, train=train, download=download or packed) for train in (True, False)]
    return tuple(array for part in parts for array in (part.data.transpose(0, 3, 1, 2), part.targets))


def _svhn(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision.datasets import SVHN

    parts = [SVHN(root, split=split, download=download) for split in ("train", "test")]
    return tuple(array for part in parts for array in (part.data, part.labels))


def _stl10(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    from torchvision.datasets import STL10

    packed = (root / STL10.filename).exists()
    parts = [STL10(root, split=split, download=download or packed) for split in ("train", "test")]
    return tuple(array for part in parts for array in (part.data, part.labels))


def _fer2013(card: Card, root: Path, download: bool) -> tuple[Any, ...]:
    if not (root / "fer2013.csv").is_file():
        return gather(files(root), card.side, card.channels, classes=card.classes).arrays
    parts: dict[bool, tuple[list, list]] = {False: ([], []), True: ([], [])}
    with open(root / "fer2013.csv", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                picture = np.array(row["pixels"].split(), dtype=np.uint8).reshape(1, card.side, card.side)
                label, test = int(row["emotion"]), row["Usage"].strip() == "PrivateTest"
            except (KeyError, AttributeError, TypeError, ValueError, OverflowError):
                raise ValueError(f"line {number} of fer2013.csv is not an emotion, 48×48 pixels and a usage") from None
            parts[test][0].append(picture)
            parts[test][1].append(label)
    if not all(images for images, _ in parts.values()):
        raise ValueError("fer2013.csv needs rows of both Training and PrivateTest")
    return tuple(np.array(column) for part in parts.values() for column in part)


_TAR = {"cifar10": "cifar-10-python.tar.gz", "cifar100": "cifar-100-python.tar.gz", "stl10": "stl10_binary.tar.gz"}
_MAT = ("train_32x32.mat", "test_32x32.mat")
SOURCES: dict[str, Source] = {
    "fashionmnist": Source(
        (f"{IDX[0]}.gz", IDX[0]),
        31,
        _idx,
        "the four *-ubyte.gz files in a folder FashionMNIST/raw",
        ("FashionMNIST/raw/*.gz",),
    ),
    "cifar10": Source(
        ("cifar-10-batches-py/data_batch_1", _TAR["cifar10"]), 170, _cifar, _TAR["cifar10"], (_TAR["cifar10"],)
    ),
    "cifar100": Source(
        ("cifar-100-python/train", _TAR["cifar100"]), 169, _cifar, _TAR["cifar100"], (_TAR["cifar100"],)
    ),
    "svhn": Source(_MAT[:1], 247, _svhn, " and ".join(_MAT), _MAT),
    "stl10": Source(("stl10_binary/train_X.bin", _TAR["stl10"]), 2_640, _stl10, _TAR["stl10"], (_TAR["stl10"],)),
    "fer2013": Source(("fer2013.csv", "train/happy"), 0, _fer2013, "fer2013.csv, or fer2013/train and fer2013/test,"),
}
_BY_NAME = {card.name: card for card in CARDS}


def local(name: str) -> Path | None:
    """The folder that holds files of a set, or None."""
    top = places.official()
    for root in (top, top / name, top / "FashionMNIST" / "raw", top / "fashionmnist" / "raw"):
        if any((root / file).exists() for file in SOURCES[name].files):
            return root
    return None


def tiles(name: str) -> Path | None:
    """The folder of tile sheets with this set's classes and the most pictures, at most two levels down, or None."""
    top, card, found = places.official(), _BY_NAME[name], {}
    for file in (*top.glob("meta.json"), *top.glob("*/meta.json"), *top.glob("*/*/meta.json")):
        told = sheets.meta(file.parent) or {}
        splits = told.get("splits", {})
        if (
            told.get("classes") == list(card.classes)
            and told.get("tile") == card.side
            and {"train", "test"} <= {*splits}
        ):
            found[file.parent] = splits["train"].get("count", 0)
    return max(found, key=found.get) if found else None


def downloaded(name: str) -> float:
    """Share of a download that is on the disk, 0 to 1."""
    top, source = places.official(), SOURCES[name]
    sizes = [file.stat().st_size for pattern in source.archives for file in top.glob(pattern)]
    return min(1.0, sum(sizes) / (source.megabytes * 1e6)) if source.megabytes else 0.0


def needs(name: str) -> str:
    """What to do before a public set can be loaded, one sentence."""
    card, source = _BY_NAME[name], SOURCES[name]
    title = card.title.split(",")[0]
    command = f"python -m ssl_core fetch --data {name}"
    if local(name) or tiles(name):
        return f"{title} is in {places.official()}, not prepared yet: press Prepare on the Data page or run {command}."
    if not source.megabytes:
        return f"{title} is not here: put {source.hint} into {places.official()} and press Prepare on the Data page."
    return (
        f"{title} is not here: press Download on the Data page ({source.megabytes:,} MB) or run {command}; without "
        f"internet, put {source.hint} into {places.official()} first."
    )


def read(name: str, *, download: bool) -> tuple[Card, Arrays]:
    """The card of what is there, and the arrays; raises ValueError, one sentence, when it is not there or damaged."""
    card, source = _BY_NAME[name], SOURCES[name]
    packs, root = tiles(name), local(name)
    title = card.title.split(",")[0]
    if root is None and packs:
        return _honest(card, *sheets.read(packs, "train"), *sheets.read(packs, "test"))
    if root is None and not (download and source.megabytes):
        raise ValueError(needs(name))
    fetch = root is None
    root = root or places.official()
    try:
        return _honest(card, *source.read(card, root, fetch))
    except Exception as wrong:  # readers of damaged files raise nearly every exception there is
        told = " ".join(str(wrong).split()).rstrip(".")[:200]
        if fetch:
            raise ValueError(
                f"{title} could not be downloaded ({told}): connect to the internet, or put {source.hint} into "
                f"{places.official()}."
            ) from None
        raise ValueError(f"The files of {title} in {root} are damaged or incomplete ({told}).") from None


def _honest(card: Card, images: Any, labels: Any, test_images: Any, test_labels: Any) -> tuple[Card, Arrays]:
    """The arrays, and the card with the counts that are there; raises ValueError for labels that are no classes."""
    made = Arrays(
        np.asarray(images, np.uint8), np.asarray(labels, np.int64),
        np.asarray(test_images, np.uint8), np.asarray(test_labels, np.int64),
    )  # fmt: skip
    return recount(card, made), made
