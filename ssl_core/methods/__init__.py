"""The methods, by name. A new one is one file and one line here."""

from __future__ import annotations

from ssl_core.methods.contract import Batch, Method, State, Step
from ssl_core.methods.fixmatch import FixMatch
from ssl_core.methods.mixmatch import MixMatch
from ssl_core.methods.supervised import Supervised, SupervisedStrong

METHODS: dict[str, type[Method]] = {
    "supervised": Supervised,
    "supervised_strong": SupervisedStrong,
    "mixmatch": MixMatch,
    "fixmatch": FixMatch,
}

__all__ = ["METHODS", "Batch", "Method", "State", "Step"]
