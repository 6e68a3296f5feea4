"""What the page on style transfer shows beside the run itself: pictures by name, and what other lenses made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ssl_core.data.single import SHIPPED, about, single
from ssl_core.features.maps import LENSES, LensCard, lacks
from ssl_core.images.writing import to_source

SHOWN = 320  # pixels a side of a picture before anything has learned


def titles() -> dict[str, str]:
    """Pictures that ship, by name."""
    return {name: about(name).title for name in SHIPPED}


def source(name: str, side: int = SHOWN) -> str:
    """A picture as the text an <img> takes; raises ValueError, one sentence."""
    return to_source(single(name, side).numpy())


def others(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The same configuration through every lens that is at hand, by the lens's name."""
    return {name: {**config, "knobs": config["knobs"] | {"lens": name}} for name in LENSES if not lacks(name)}


def lenses() -> dict[str, tuple[LensCard, str]]:
    """Every lens: what it is, and what has to be done before it can be used."""
    return {name: (card, lacks(name)) for name, card in LENSES.items()}
