"""What the Predict page is about: a network, a picture, and what the one says of the other."""

from __future__ import annotations

from typing import Any, NamedTuple


class Scene(NamedTuple):
    """`key` names the network in caches: a run, or a weights file by what is in it."""

    classifier: Any
    data: Any
    asked: Any
    answer: Any
    key: str

    @property
    def card(self) -> Any:
        """The card of the network's data set."""
        return self.classifier.card
