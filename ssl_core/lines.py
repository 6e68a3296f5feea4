"""What a chart draws one line for: a method as it is, or a named variant of it.

A run of a variant says its name in its configuration, under "variant"; one that says none is the method itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ssl_core.maker_cards import MAKER_CARDS
from ssl_core.method_cards import CARDS

KNOWN = CARDS | MAKER_CARDS


class Line(NamedTuple):
    """A method and the name of its variant, "" for the method itself."""

    method: str
    variant: str = ""

    @property
    def title(self) -> str:
        """As it stands in legends and lists: "FixMatch, τ = 0.8"; also for a method that is no longer here."""
        method = KNOWN[self.method].title if self.method in KNOWN else self.method.replace("_", " ").capitalize()
        return f"{method}, {self.variant}" if self.variant else method


def line_of(row: Mapping[str, Any]) -> Line:
    """The line of a run's configuration, or of its row in a list."""
    return Line(row.get("method") or "", row.get("variant") or "")
