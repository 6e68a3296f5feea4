"""A name, its card, and how to load it: everything the rest of the house knows about a data set.

What a set is stands in its own file. A new one is that file and one line: here, or in official.py if it has to be
fetched; tests/data/test_every_set.py says what is missing.
"""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Any

from ssl_core.data import digits, folders, kept, official, shapes, shapes_snow
from ssl_core.data.card import Card, Dataset

NO_CLASSES = (
    "Nobody has said the class of any of these pictures yet: put a few of each class into a folder of its name, or a "
    "table of labels beside them, and bring them again."
)

CATALOG: dict[str, Card] = {
    card.name: card
    for card in (
        digits.CARD,
        shapes.CARD,
        *shapes_snow.CARDS,
        *official.CARDS,
    )
}


def built_in(name: str) -> bool:
    """Whether a set comes with the program: its own module makes it, so that there is nothing to fetch or keep."""
    return name in CATALOG and CATALOG[name].module != kept.MODULE


BUILT_IN = tuple(name for name in CATALOG if built_in(name))


def find_card(name: object) -> Card | None:
    """The card of a data set, or None. Of a public set that is prepared it tells what is there, maybe a part."""
    if not isinstance(name, str):
        return None
    known, prepared = CATALOG.get(name), None if built_in(name) else kept.find(name)
    if not prepared and name.startswith("folder:") and (spelled := folders.kept_as(name)):
        return kept.find(spelled[0])
    if known and prepared:  # the files decide the counts, the catalog what the pictures are
        return dataclasses.replace(prepared, mirrors=known.mirrors, turns=known.turns)
    return prepared or known


def card(name: object) -> Card:
    """find_card; raises ValueError, one sentence, for a name that is not there."""
    if known := find_card(name):
        return known
    if isinstance(name, str) and name.startswith("folder:"):
        folders.asked(name)
        raise ValueError(f"{name!r} is not prepared yet: run python -m ssl_core fetch --data {name!r}.")
    raise ValueError(f"There is no data set {str(name)[:80]!r}. Choose one of {', '.join([*CATALOG, *ours()])}.")


def ours() -> list[str]:
    """Names of kept data sets that are not in the catalog: uploads and folders."""
    return [name for name in kept.names() if name not in CATALOG]


def names() -> list[str]:
    """Everything that can be named: the catalog, then what people brought."""
    return [*CATALOG, *ours()]


def ready() -> list[str]:
    """Everything that can be loaded at once."""
    return [name for name in names() if not needs(name)]


def titles() -> dict[str, str]:
    """The title of everything that can be named."""
    return {name: known.title for name in names() if (known := find_card(name))}


def needs(name: str) -> str:
    """What has to be done before a data set can be loaded, one sentence, or nothing."""
    prepared = None if built_in(name) else kept.find(name) or (name.startswith("folder:") and find_card(name))
    if built_in(name) or prepared:
        return "" if built_in(name) or prepared.classes else NO_CLASSES
    return official.needs(name) if name in CATALOG else f"The data set {name!r} is not here any more."


def load(name: str) -> Dataset:
    """Load a data set; raises ValueError, one sentence, for one that is not there."""
    about = card(name)
    if (missing := needs(name)) and missing != NO_CLASSES:
        raise ValueError(missing)
    return import_module(about.module).load(about)


def prepare(name: str, *, download: bool = False, flip: bool | None = None) -> Card:
    """Read a public set's files, or a folder, once and keep it; imports torchvision where it must.

    `flip`: whether mirrored pictures of a folder keep their class. Not for the server: it takes seconds to minutes.
    Raises ValueError, one sentence.
    """
    if built_in(name):
        return CATALOG[name]
    if name.startswith("folder:"):
        return folders.prepare(name, flip=flip)
    if name not in CATALOG:
        return card(name)
    return kept.keep(*official.read(name, download=download))


def prepare_local(name: str, *, flip: bool | None = None) -> str:
    """prepare, if the files of a public set, or a folder, are here and have not been prepared yet, or have changed.

    `flip` says whether the mirrored pictures of a folder keep their class. Returns one sentence about a folder that
    has changed and was read again, else nothing.
    """
    if name.startswith("folder:"):
        news, there = folders.changed(name), find_card(name)
        if news or not there:
            prepare(name, flip=flip)
        elif flip is not None and flip != there.flip:
            kept.say_flip(there, flip)
        return f"{news} It was read again." if news else ""
    if name in CATALOG and needs(name) and (official.local(name) or official.tiles(name)):
        prepare(name)
    return ""


def left_out(name: str) -> list[dict[str, Any]]:
    """What was passed over when a data set was read: rows of `what`, `count` and `why`."""
    spelled = folders.kept_as(name) if name.startswith("folder:") else [name]
    return kept.origin(spelled[0]).get("left_out", []) if spelled else []


def cards() -> dict[str, Card]:
    """The card of every set of pictures that can be loaded at once, by name: what pages about pixels can show."""
    return {name: about for name in ready() if (about := card(name)).pictures}
