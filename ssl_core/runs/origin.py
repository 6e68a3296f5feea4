"""Which pictures a run learned from: written into its config when it is queued, compared whenever it is used again.

It is written by the store, with the config, which never changes afterwards: what somebody saw when they pressed the
button is what the run is about. The worker compares the data it has loaded with that before the first step, so that
a set which changed while the run waited is a sentence and never a run under the wrong name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ssl_core.data.card import Card
from ssl_core.data.catalog import CATALOG, find_card
from ssl_core.predict.alone import alone

KEYS = ("fingerprint", "classes", "input")
AGAIN = "Start it again to learn from the pictures of now."


def origin_of(data: Any) -> dict[str, Any]:
    """The fingerprint of a data set, its class names and the shape of a row, or {} where there is no such set."""
    card = find_card(data)
    return {} if card is None else origin(card)


def origin(card: Card) -> dict[str, Any]:
    """The same of a card."""
    return {"fingerprint": card.fingerprint, "classes": [*card.classes], "input": [*card.shape]}


def classes_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The class names that a run was queued with; () of a run that did not write them down, or of a damaged one."""
    names = config.get("classes")
    good = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return tuple(names) if good else ()


def pictures_of(data: str) -> str:
    """The fingerprint of pictures that people brought, which may be others tomorrow; nothing for a public set."""
    return "" if data in CATALOG else str(origin_of(data).get("fingerprint", ""))


def changed_since(config: Mapping[str, Any]) -> str:
    """What happened to the data of a run until now, as `changed` says it."""
    return changed(config, find_card(config.get("data")))


def changed(config: Mapping[str, Any], card: Card | None) -> str:
    """What happened to the data of a run since, one sentence; nothing where it is the same, or nobody wrote it down."""
    names = classes_of(config)
    if card is None:
        return f"The data set {str(config.get('data'))[:80]!r} is not here any more."
    if names and names != card.classes:
        return f"The classes of {card.title} are not those of this run any more."
    before = config.get("fingerprint")
    if before and before != card.fingerprint:
        return f"The pictures of {card.title} are not those of this run any more."
    return ""


def check_same(config: Mapping[str, Any], card: Card | None) -> None:
    """Raise ValueError, one sentence, where a run would go on with other data than it began with."""
    if card is not None and (why := changed(config, card)):
        raise ValueError(f"{why} {AGAIN}")


def same_origin(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two configs are about the same pictures, as far as both say so."""
    return all(one[key] == other[key] for key in KEYS if one.get(key) and other.get(key))


def own_card(config: Mapping[str, Any], card: Card | None) -> Card:
    """The card that a run answers with where its data changed or is gone: its own class names, and no pictures.

    Raises ValueError, one sentence, for a run that did not write down what it learned from.
    """
    names, shape = classes_of(config), config.get("input") or (card and card.shape)
    if not names or not shape:
        raise ValueError(changed(config, card) or "This run does not say which classes it knows.")
    return alone(str(config.get("data")), names, shape)
