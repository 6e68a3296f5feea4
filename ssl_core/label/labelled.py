"""A data set with the labels of its journal: in memory for a page, or kept beside the others for runs to learn from.

`labelled:` and eight digits name a kept one. They follow from its pictures and labels, so that equal labels are one
data set, a label more is another, and a run never finds other labels than those it began with.
"""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import torch

from ssl_core.data import Card, Dataset, card, kept, load, room
from ssl_core.data.card import UNKNOWN
from ssl_core.label.journal import Journal
from ssl_core.label.pictures import Pictures, as_rows, askable, pictures_of

PREFIX = "labelled:"
NONE = "Nobody has said the class of any picture of {} yet: label a few first."


def hides(about: Card) -> bool:
    """Whether a set's own labels are put aside while it is labelled: where all are known, labelling it is a game."""
    return about.unknown == 0


def labelled(data: Dataset, journal: Journal, *, hide: bool | None = None, pictures: Pictures | None = None) -> Dataset:
    """The data set with what the journal says: its own labels hidden or kept (see `hides`), the journal's over them.

    Pictures that show none of the classes, and those people disagree about, are of an unknown class. The test keeps
    its own labels. Classes are the set's own and behind them those that people named.
    """
    said, about = journal.said(), data.card
    classes = (*about.classes, *(name for name in said.classes if name not in about.classes))
    pictures = pictures or pictures_of(data)
    own = data.labels.clone()
    if hides(about) if hide is None else hide:
        own[:] = UNKNOWN
    else:
        own[pictures.rows_of(said.words)] = UNKNOWN
    count = askable(about)
    told = as_rows(said.labels(), pictures, classes, count)
    own[:count] = torch.where(told == UNKNOWN, own[:count], told)
    own[count:] = data.labels[count:]  # brought as validation, with their class
    return dataclasses.replace(data, card=_card(about, classes, own.numpy(), data), labels=own)


def _card(about: Card, classes: tuple[str, ...], labels: np.ndarray, data: Dataset) -> Card:
    known = labels[: askable(about)]
    counts = np.bincount(known[known != UNKNOWN], minlength=len(classes))
    validation = about.validation if about.held else kept.to_validate(counts, precious=True)
    facts = [about.fingerprint, *classes, hashlib.blake2b(labels.tobytes(), digest_size=16).hexdigest()]
    number = hashlib.blake2b("\n".join(facts).encode(errors="surrogatepass"), digest_size=4).hexdigest()
    return dataclasses.replace(
        about,
        name=PREFIX + number,
        title=f"{about.title}, {int(counts.sum()):,} labels said here",
        text=f"{about.text} Labels: those said on the Label page, {int(counts.sum()):,} in all.",
        classes=classes,
        unknown=int((labels == UNKNOWN).sum()),
        validation=validation,
        contents=number,
    )


def keep_labelled(name: str, *, hide: bool | None = None) -> Card:
    """Keep a data set with its journal's labels under a name of its own, to train on; returns its card.

    `hide` as in `labelled`: False lets the set's own labels stand where the journal says nothing, to train on
    corrections. Equal labels give the one that is there already. Raises ValueError, one sentence, where fewer than two
    classes are labelled, or where what people brought has no room for it.
    """
    name = card(name).name
    data, journal = load(name), Journal(name, card(name).classes)
    seen = labelled(data, journal, hide=hide)
    classes = seen.labels[: askable(data.card)].unique()
    classes = [seen.card.classes[label] for label in classes[classes != UNKNOWN].tolist()]
    if not classes:
        raise ValueError(NONE.format(data.card.title))
    if len(classes) < 2:
        raise ValueError(f"All labels so far are {classes[0]!r}: label a picture of another class first.")
    there = kept.find(seen.card.name)
    if there is not None:
        return there
    arrays = kept.Arrays(*(part.numpy() for part in (seen.images, seen.labels, seen.test_images, seen.test_labels)))
    room.check(sum(array.nbytes for array in arrays))
    return kept.keep(seen.card, arrays, kept.origin(name) | {"labelled": name})


def settle(name: str) -> str:
    """`labelled:` and the name of a data set as the kept set with the labels of now; any other name as it is."""
    if not name.startswith(PREFIX) or kept.find(name) is not None:
        return name
    return keep_labelled(name.removeprefix(PREFIX)).name
