"""Pictures that people bring, one folder a class, made into a data set: decoded, cut square, resized once, split.

Every picture goes through ssl_core.images. Class names are cleaned before anything shows them, and never become paths.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ssl_core.data.card import Card
from ssl_core.data.kept import MODULE, Arrays, recount
from ssl_core.images import read_picture, square
from ssl_core.zips import is_junk

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
SIDES = (8, 16, 28, 32, 48, 64, 96, 128)
FEWEST = 3  # pictures of a class: one to learn from, one for validation, one for the test
MOST_CLASSES = 200
MOST_BYTES = 512 * 2**20  # of the resized pictures, all in memory
TEST_SHARE = 0.2
TRAIN_NAMES = ("train", "training", "val", "valid", "validation")  # validation is drawn anew, the same for everybody
TEST_NAMES = ("test", "testing")


class Found(NamedTuple):
    """A picture of a class; `part` is "train", "test" or "" where its folders do not say."""

    part: str
    label: str
    content: Callable[[], bytes]


class Brought(NamedTuple):
    """What was made of the pictures: class names, arrays, and sentences about what was left out."""

    classes: tuple[str, ...]
    arrays: Arrays
    notes: list[str]


def found(path: str, content: Callable[[], bytes]) -> Found | None:
    """What a picture's path says about it, None for a file that is no picture or lies in no folder.

    The class is the folder the picture lies in; train/ or test/ right above says which part it belongs to.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if is_junk(path) or len(parts) < 2 or not path.lower().endswith(ENDINGS):
        return None
    above = parts[-3].lower() if len(parts) > 2 else ""
    part = "train" if above in TRAIN_NAMES else "test" if above in TEST_NAMES else ""
    return Found(part, parts[-2], content)


def clean(name: str, spare: str) -> str:
    """A name that can be shown anywhere: letters, digits, spaces and -_.,+ only, at most 40."""
    told = re.sub(r"[^\w .,+\-]", "_", " ".join(name.split()))[:40].strip(" _.")
    return told or spare


def gather(
    pictures: Iterable[Found],
    side: int,
    channels: int,
    *,
    classes: Sequence[str] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Brought:
    """Read pictures into a data set; a fifth of each class becomes the test where no test folders say otherwise.

    `classes` fixes their names and order, else they are sorted. A picture that cannot be read is left out and
    counted. Raises ValueError, one sentence, when no data set can be made of them.
    """
    if side not in SIDES:
        raise ValueError(f"The size must be one of {', '.join(map(str, SIDES))} pixels, not {side}.")
    room = MOST_BYTES // (channels * side * side)
    images, labels, tests, broken, seen = [], [], [], 0, {name.lower(): i for i, name in enumerate(classes)}
    names = list(classes)
    for one in pictures:
        label = _label(one.label, seen, names, fixed=bool(classes))
        try:
            picture = square(read_picture(one.content()), side)
        except ValueError:
            broken += 1
            continue
        if len(images) >= room:
            raise ValueError(
                f"At {side} pixels at most {room:,} pictures fit: choose a smaller size or fewer pictures."
            )
        images.append(picture if channels == 3 else _grey(picture))
        labels.append(label)
        tests.append(one.part)
        progress(len(images))
    notes = [f"Pictures that could not be read and were left out: {broken:,}."] if broken else []
    if not images and broken:
        raise ValueError(f"None of the {broken:,} pictures could be read: use PNG, JPEG, WebP, BMP or GIF pictures.")
    if not images:
        raise ValueError("No pictures were found: put one folder per class there, each with its pictures.")
    order = np.argsort(names) if not classes else np.arange(len(names))
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    shown = _unique([clean(names[i], f"class {n + 1}") for n, i in enumerate(order)])
    return _split(np.stack(images), place[np.array(labels)], tests, shown, notes)


def _label(name: str, seen: dict[str, int], names: list[str], *, fixed: bool) -> int:
    key = name.lower() if fixed else name
    if key not in seen:
        if fixed:
            raise ValueError(f"{clean(name, 'A folder')!r} is none of the classes {', '.join(names)}.")
        if len(names) >= MOST_CLASSES:
            raise ValueError(f"There are more than {MOST_CLASSES} class folders: bring fewer.")
        seen[key] = len(names)
        names.append(name)
    return seen[key]


def _grey(picture: np.ndarray) -> np.ndarray:
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as in Pillow's convert("L")
    return np.round(np.tensordot(weights, picture.astype(np.float64), 1)).astype(np.uint8)[None]


def _unique(names: list[str]) -> tuple[str, ...]:
    told: list[str] = []
    for name in names:
        same = sum(other == name or other.startswith(f"{name} (") for other in told)
        told.append(f"{name} ({same + 1})" if same else name)
    return tuple(told)


def _split(
    images: np.ndarray, labels: np.ndarray, parts: list[str], classes: tuple[str, ...], notes: list[str]
) -> Brought:
    given = np.bincount(labels, minlength=len(classes))
    empty = [name for name, count in zip(classes, given, strict=True) if not count]
    if len(classes) - len(empty) < 2:
        raise ValueError(f"Only one class was found ({classes[int(given.argmax())]}): at least two folders are needed.")
    if empty:
        raise ValueError(f"No picture of class {empty[0]!r} could be read: repair it or leave that folder out.")
    if given.min() < FEWEST:
        few = classes[int(given.argmin())]
        raise ValueError(
            f"Class {few!r} has {given.min()} of at least {FEWEST} pictures: one to learn from, one for validation and "
            "one for the test."
        )
    said = np.array(parts)
    both = all(np.bincount(labels[said == part], minlength=len(classes)).min() > 0 for part in ("train", "test"))
    test = said == "test" if both and not (said == "").any() else _draw(labels, given)
    return Brought(classes, Arrays(images[~test], labels[~test], images[test], labels[test]), notes)


def _draw(labels: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Which pictures become the test: a fifth of each class, at least one, always the same."""
    random, test = np.random.RandomState(0), np.zeros(len(labels), dtype=bool)
    for label, count in enumerate(given):
        rows = random.permutation(np.flatnonzero(labels == label))
        test[rows[: max(1, round(TEST_SHARE * count))]] = True
    return test


def card_of(name: str, title: str, text: str, brought: Brought, *, flip: bool) -> Card:
    """The card of pictures that were brought."""
    channels, side = brought.arrays.images.shape[1:3]
    kind = "colour" if channels == 3 else "grey"
    card = Card(
        name=name,
        title=f"{title}, {side}×{side} {kind}",
        text=" ".join([text, *brought.notes]),
        classes=brought.classes,
        channels=channels,
        side=side,
        train=len(brought.arrays.labels),
        validation=0,
        test=len(brought.arrays.test_labels),
        flip=flip,
        shift=max(1, round(side / 8)),  # 12.5 %, FixMatch section 2.3
        licence="Its licence is yours to know.",
        module=MODULE,
    )
    return recount(card, brought.arrays)
