"""What the Augmentations page is about: some pictures, a pipeline, and one set of draws."""

from __future__ import annotations

from typing import Any, NamedTuple


class Scene(NamedTuple):
    """`shown` is the policy without what cannot be shown; `pick` and `sample` count from 0."""

    view: Any
    sample: int
    policy: Any
    shown: Any
    pictures: Any
    pick: int
    seed: int
    text: str

    @property
    def card(self) -> Any:
        """What a policy must know about the pictures."""
        return self.pictures.card
