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
from collections.abc import Iterator, Set
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ssl_core.data import places
from ssl_core.data.card import UNKNOWN, Card, Dataset

ARRAYS = ("images", "labels", "test_images", "test_labels")
UPLOAD = re.compile(r"upload:([0-9a-f]{8})")
MODULE = "ssl_core.data.kept"
ORIGIN = "origin.json"
BLOCK = 1_024  # rows written at once
MAPPED = 64 * 2**20  # larger arrays are read from the disk when they are used
ENOUGH = 50  # pictures that validation should have where a fifth of the known ones is as many


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


def keep(card: Card, arrays: Arrays, origin: dict[str, Any] | None = None) -> Card:
    """Write a data set, whole or not at all, in place of an older one of that name; returns its card as kept.

    `origin` is what is known of where it came from, kept beside it as JSON: see `origin`.
    """
    card = dataclasses.replace(card, module=MODULE, title=_own_title(card))
    home = place(card.name)
    home.parent.mkdir(parents=True, exist_ok=True)
    aside, old = (home.with_name(f".{home.name}.{secrets.token_hex(4)}.{end}") for end in ("new", "old"))
    try:
        aside.mkdir()
        contents = hashlib.blake2b(digest_size=16)
        for name, array in zip(ARRAYS, arrays, strict=True):
            _write(aside / f"{name}.npy", array, contents)
        card = dataclasses.replace(card, contents=contents.hexdigest())
        if origin is not None:
            (aside / ORIGIN).write_text(json.dumps(origin) + "\n")
        (aside / "card.json").write_text(json.dumps(dataclasses.asdict(card), indent=1) + "\n")
        if home.exists():
            home.rename(old)
        aside.rename(home)
    finally:
        for left in (aside, old):
            shutil.rmtree(left, ignore_errors=True)
    _read_card.cache_clear()
    return card


def _write(path: Path, array: Any, contents: Any) -> None:
    """One array as NumPy writes it, a block at a time, and into the hash of the contents."""
    shape, kind = tuple(array.shape), array.dtype
    with open(path, "wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        contents.update(f"{kind.str}{shape}".encode())
        blocks = array.blocks() if hasattr(array, "blocks") else _blocks(array)
        for block in blocks:
            data = np.ascontiguousarray(block).tobytes()
            contents.update(data)
            file.write(data)


def _blocks(array: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(array), BLOCK):
        yield array[start : start + BLOCK]


def origin(name: str) -> dict[str, Any]:
    """Where a kept data set came from; {} where nobody wrote it down.

    `paths` and `test_paths` name every row as it was brought, `left_out` lists what was passed over, `prints` numbers
    the files of all rows and `test_prints` those of a drawn test, `listing` tells a folder that has changed.
    """
    try:
        told = json.loads((place(name) / ORIGIN).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def tests_before(prints: Set[int], folder: str = "") -> Set[int]:
    """Numbers of files that are in the drawn test of an earlier copy: what was test then is not learned from now.

    A copy of the same `folder` is an earlier one, and any of which half the pictures are among `prints`.
    """
    tests: set[int] = set()
    for name in names():
        told = origin(name)
        every, mine = ({int(text, 16) for text in told.get(key, ())} for key in ("prints", "test_prints"))
        if mine and (2 * len(every & prints) >= len(every) or (folder and told.get("folder") == folder)):
            tests |= mine
    return tests


def say_flip(card: Card, flip: bool) -> Card:
    """Write down whether pictures mirrored left and right keep their class; the rows stay as they are."""
    card = dataclasses.replace(card, mirrors=("left-right",) if flip else ())
    path = place(card.name) / "card.json"
    aside = path.with_name(f".{secrets.token_hex(4)}.json")
    aside.write_text(json.dumps(dataclasses.asdict(card), indent=1) + "\n")
    aside.rename(path)
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
    found = []
    for path in places.kept().glob("*/card.json"):
        if not path.parent.name.startswith("."):
            try:
                found.append(_read_card(path.parent, path.stat().st_mtime_ns))
            except (OSError, ValueError, TypeError, KeyError):  # somebody else's folder, or one that is being deleted
                continue
    return [card.name for card in sorted(found, key=lambda card: (card.title, card.name))]


def arrays(name: str) -> Arrays:
    """The arrays of a kept data set; raises ValueError, one sentence, when they cannot be read."""
    try:
        return Arrays(*(_load(place(name) / f"{array}.npy") for array in ARRAYS))
    except (OSError, ValueError) as wrong:
        raise ValueError(
            f"The data set {name!r} cannot be read ({wrong}): prepare it again on the Data page."
        ) from None


def _load(path: Path) -> np.ndarray:
    mapped = "c" if path.stat().st_size > MAPPED else None
    return np.load(path, mmap_mode=mapped, allow_pickle=False)


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


def to_validate(known: np.ndarray, *, precious: bool = False) -> int:
    """How many pictures to set aside for validation, of known[c] training pictures of each class.

    A tenth, or up to 50 where these are at most a fifth; no class gives more than half. Where labels are `precious`,
    since most pictures have none, only if a tenth has one picture a class.
    """
    total, classes = int(known.sum()), len(known)
    if precious:
        return min(total // 10, int((known // 2).sum())) if classes and total // 10 >= classes else 0
    return min(max(total // 10, min(ENOUGH, total // 5), classes), int((known // 2).sum()))


def recount(card: Card, arrays: Arrays, *, least: int = 2, validation: int | None = None) -> Card:
    """The card with the counts of these arrays; raises ValueError, one sentence, when they do not belong together.

    Every class needs `least` training pictures. `validation` says how many are set aside, else `to_validate` does.
    """
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
    if counts.min(initial=least) < least:
        few = int(counts.argmin())
        raise ValueError(f"class {card.classes[few]} has {counts[few]} training pictures, of {least} needed")
    count = len(arrays.labels)
    here = f"{count:,}" if count > card.train else f"{count:,} of {card.train:,}"
    part = "" if count == card.train else f" Here: {here} training pictures."
    if validation is None:
        most = to_validate(counts)
        validation = min(card.validation or most, most)
    tested = test if test.any() else counts
    common = tested.max(initial=0) / max(tested.sum(), 1)
    return dataclasses.replace(
        card,
        text=card.text + part,
        train=len(arrays.labels),
        validation=validation,
        test=len(arrays.test_labels),
        common=round(float(common), 4) if common > 1.25 / max(classes, 1) else 0.0,
        unknown=len(arrays.labels) - len(known),
    )
