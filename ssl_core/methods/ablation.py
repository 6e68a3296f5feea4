"""A method taken apart: its knobs turned one at a time, with what its paper reports for the same."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from ssl_core.method_cards import CARDS


class Row(NamedTuple):
    """One variant: its name, the knobs that make it, and the published error in per cent where there is one."""

    name: str
    knobs: Mapping[str, Any]
    published: float | None = None


class Ablation(NamedTuple):
    """A method's variants, the untouched method first; it stands in the method's own file, a line a variant.

    `spread` is how far the published errors vary by chance, in points; numbers that no source confirms are left out.
    """

    of: str
    rows: tuple[Row, ...]
    source: str = ""  # of the published errors
    setting: str = ""  # what they were measured on
    spread: float = 0.0

    @property
    def published(self) -> dict[str, float]:
        """The published errors in per cent, by the variant's name."""
        return {row.name: row.published for row in self.rows if row.published is not None}


def ablation_of(method: str) -> Ablation | None:
    """What stands as ABLATION in the method's file, None for a method that nobody has taken apart yet."""
    if method not in CARDS:
        return None
    ablation = getattr(import_module(CARDS[method].home(method)[0]), "ABLATION", None)
    return ablation if ablation and ablation.of == method else None


def taken_apart() -> tuple[str, ...]:
    """The methods that have one."""
    return tuple(method for method in CARDS if ablation_of(method))
