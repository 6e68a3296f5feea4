"""The seed of what a page draws by chance: one word on every page, explained wherever it stands."""

from __future__ import annotations

from typing import Any

BEGINS = "number that all chance begins from"
SEEDS = f"A seed is the {BEGINS}: each draws other labelled pictures and other first weights."


def seed_box(place: Any, decides: str, *, key: str, low: int = 0, high: int = 9999, **facts: Any) -> int:
    """Ask for the seed in `place`, st or a column; `decides` is a sentence on what hangs on it here."""
    about = {"key": key, "bind": "query-params", "help": f"The {BEGINS}. {decides}"}
    return int(place.number_input("Seed", low, high, facts.pop("value", low), **about, **facts))
