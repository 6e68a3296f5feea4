"""A name, its card, and how to load it: everything the rest of the house knows about a data set."""

from __future__ import annotations

import dataclasses
from importlib import import_module

from ssl_core.data import folders, kept, official
from ssl_core.data.card import MIRRORS, Card, Dataset

_BUILT_IN = (
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
        mirrors=(),
        turns=40.0,  # a 6 turned half round is a 9, a 4 or a 7 long before that no digit
        shift=1,
        licence="UCI Optical Recognition of Handwritten Digits, as shipped in scikit-learn (BSD-3).",
        module="ssl_core.data.digits",
    ),
    Card(
        name="shapes",
        title="Shapes, 32×32 colour",
        text="Ten kinds of figure in random colours, places, sizes and angles on a textured ground, drawn by "
        "a program from a seed. No two pictures are alike and every nuisance is known.",
        classes=("circle", "square", "triangle", "star", "ring", "cross", "heart", "crescent", "hexagon", "arrow"),
        channels=3,
        side=32,
        train=6_500,
        validation=500,
        test=2_000,
        mirrors=MIRRORS,
        turns=180.0,  # a heart on its head is a heart: no figure becomes another by turning
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
            mirrors=MIRRORS,
            turns=180.0,
            shift=4,
            licence="Made by this project (MIT).",
            module="ssl_core.data.shapes_snow",
        )
        for name, rho in (("shapes_snow", "0.95"), ("shapes_snow_80", "0.8"), ("shapes_snow_50", "0.5"))
    ),
)
BUILT_IN = tuple(card.name for card in _BUILT_IN)
CATALOG: dict[str, Card] = {card.name: card for card in (*_BUILT_IN, *official.CARDS)}


def find_card(name: object) -> Card | None:
    """The card of a data set, or None. Of a public set that is prepared it tells what is there, maybe a part."""
    if not isinstance(name, str):
        return None
    known, prepared = CATALOG.get(name), kept.find(name) if name not in BUILT_IN else None
    if not prepared and name.startswith("folder:") and (spelled := folders.kept_as(name)):
        return kept.find(spelled[0])
    if known and prepared:  # the files decide the counts, the catalog what the pictures are
        return dataclasses.replace(prepared, mirrors=known.mirrors, turns=known.turns)
    return prepared or known


def card(name: object) -> Card:
    """find_card; raises ValueError, one sentence, for a name that is not there."""
    if found := find_card(name):
        return found
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
    return {name: found.title for name in names() if (found := find_card(name))}


def needs(name: str) -> str:
    """What has to be done before a data set can be loaded, one sentence, or nothing."""
    if name in BUILT_IN or kept.find(name) or (name.startswith("folder:") and find_card(name)):
        return ""
    return official.needs(name) if name in CATALOG else f"The data set {name!r} is not here any more."


def load(name: str) -> Dataset:
    """Load a data set; raises ValueError, one sentence, for one that is not there."""
    found = card(name)
    if missing := needs(name):
        raise ValueError(missing)
    return import_module(found.module).load(found)


def prepare(name: str, *, download: bool = False) -> Card:
    """Read a public set's files, or a folder, once and keep it; imports torchvision where it must.

    Not for the server: it takes seconds to minutes. Raises ValueError, one sentence.
    """
    if name in BUILT_IN:
        return CATALOG[name]
    if name.startswith("folder:"):
        return folders.prepare(name)
    if name not in CATALOG:
        return card(name)
    return kept.keep(*official.read(name, download=download))


def prepare_local(name: str) -> None:
    """prepare, if the files of a public set, or a folder, are here and have not been prepared yet."""
    if name.startswith("folder:"):
        if not find_card(name):
            prepare(name)
    elif name in CATALOG and needs(name) and (official.local(name) or official.tiles(name)):
        prepare(name)


def cards() -> dict[str, Card]:
    """The card of everything that can be loaded at once, by name."""
    return {name: card(name) for name in ready()}
