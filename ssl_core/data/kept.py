"""Data sets prepared once and read in an instant: a card as JSON and four plain arrays in a folder of the store.

A folder gets its name when it is whole, so nothing half-written is ever read. Arrays are read without pickle.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import secrets
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ssl_core.data import places
from ssl_core.data.card import UNKNOWN, Card, Dataset

ARRAYS = ("images", "labels", "test_images", "test_labels")
UPLOAD = re.compile(r"upload:([0-9a-f]{8})")
MODULE = "ssl_core.data.kept"


class Arrays(NamedTuple):
    """Pictures uint8 [N, C, H, W], or vectors float32 [N, D], and labels int64 [N], for train and for test."""

    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def place(name: str) -> Path:
    """The folder of a data set, which may not exist. A name never becomes a path by itself."""
    if upload := UPLOAD.fullmatch(name):
        return places.kept() / f"upload-{upload[1]}"
    if re.fullmatch(r"[a-z0-9]{1,20}", name):
        return places.kept() / name
    return places.kept() / f"folder-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:16]}"


def keep(card: Card, arrays: Arrays) -> Card:
    """Write a data set, whole or not at all, in place of an older one of that name; returns its card as kept."""
    card = dataclasses.replace(card, module=MODULE, title=_own_title(card))
    home = place(card.name)
    home.parent.mkdir(parents=True, exist_ok=True)
    aside, old = (home.with_name(f".{home.name}.{secrets.token_hex(4)}.{end}") for end in ("new", "old"))
    try:
        aside.mkdir()
        for name, array in zip(ARRAYS, arrays, strict=True):
            np.save(aside / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        (aside / "card.json").write_text(json.dumps(dataclasses.asdict(card), indent=1) + "\n")
        if home.exists():
            home.rename(old)
        aside.rename(home)
    finally:
        for left in (aside, old):
            shutil.rmtree(left, ignore_errors=True)
    _read_card.cache_clear()
    return card


def _own_title(card: Card) -> str:
    """Its title, numbered if another has it: pages choose data by title."""
    taken = {other.title for name in names() if name != card.name and (other := find(name))}
    tried = (card.title, *(f"{card.title} ({number})" for number in range(2, len(taken) + 3)))
    return next(title for title in tried if title not in taken)


def find(name: str) -> Card | None:
    """The card of a data set that is kept, or None; a damaged card counts as none."""
    folder = place(name)
    try:
        card = _read_card(folder, (folder / "card.json").stat().st_mtime_ns)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return card if card.name == name else None


@lru_cache(maxsize=256)
def _read_card(folder: Path, stamp: int) -> Card:
    values: dict[str, Any] = json.loads((folder / "card.json").read_bytes())
    if "mirrors" not in values:  # written before turns and other mirrors were told apart
        values["mirrors"] = ["left-right"] if values.pop("flip") else []
    values |= {"classes": tuple(values["classes"]), "mirrors": tuple(values["mirrors"]), "module": MODULE}
    return Card(**values)


def names() -> list[str]:
    """Names of everything that is kept, by title."""
    cards = []
    for path in places.kept().glob("*/card.json"):
        if not path.parent.name.startswith("."):
            try:
                cards.append(_read_card(path.parent, path.stat().st_mtime_ns))
            except (OSError, ValueError, TypeError, KeyError):  # somebody else's folder, or one that is being deleted
                continue
    return [card.name for card in sorted(cards, key=lambda card: (card.title, card.name))]


def arrays(name: str) -> Arrays:
    """The arrays of a kept data set; raises ValueError, one sentence, when they cannot be read."""
    try:
        return Arrays(*(np.load(place(name) / f"{array}.npy", allow_pickle=False) for array in ARRAYS))
    except (OSError, ValueError) as wrong:
        raise ValueError(
            f"The data set {name!r} cannot be read ({wrong}): prepare it again on the Data page."
        ) from None


def load(card: Card) -> Dataset:
    """The data set as tensors."""
    import torch

    return Dataset(card, *(torch.from_numpy(array) for array in arrays(card.name)))


def forget(name: str) -> None:
    """Delete a kept data set; runs that used it keep their results."""
    home = place(name)
    gone = home.with_name(f".{home.name}.{secrets.token_hex(4)}.old")
    home.rename(gone)
    shutil.rmtree(gone)


def recount(card: Card, arrays: Arrays) -> Card:
    """The card with the counts of these arrays; raises ValueError, one sentence, when they do not belong together."""
    classes, wanted = len(card.classes), np.uint8 if card.pictures else np.float32
    for rows, labels in (arrays[:2], arrays[2:]):
        if rows.shape[1:] != card.shape or rows.dtype != wanted or len(rows) != len(labels):
            raise ValueError(f"{rows.dtype} rows {rows.shape} and labels {labels.shape} do not belong together")
        if labels.min(initial=UNKNOWN) < UNKNOWN or labels.max(initial=UNKNOWN) >= classes:
            raise ValueError(f"a label lies outside 0 to {classes - 1}")
    if (arrays.test_labels == UNKNOWN).any():
        raise ValueError("a picture of the test has no label")
    known = arrays.labels[arrays.labels != UNKNOWN]
    counts, test = (np.bincount(labels, minlength=classes) for labels in (known, arrays.test_labels))
    if counts.min() < 2:
        raise ValueError(
            f"class {card.classes[int(counts.argmin())]} has {counts.min()} training pictures, of 2 needed"
        )
    whole = len(arrays.labels) == card.train
    part = "" if whole else f" Here: {len(arrays.labels):,} of {card.train:,} training pictures."
    # Every class keeps at least half of its pictures when validation is set aside in equal shares.
    most = max(classes, min(len(known) // 10, classes * (int(counts.min()) // 2)))
    tested = test if test.any() else counts
    common = tested.max() / tested.sum()
    return dataclasses.replace(
        card,
        text=card.text + part,
        train=len(arrays.labels),
        validation=min(card.validation or most, most),
        test=len(arrays.test_labels),
        common=round(float(common), 4) if common > 1.25 / classes else 0.0,
        unknown=len(arrays.labels) - len(known),
    )
