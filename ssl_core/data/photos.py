"""Two photographs that come with scikit-learn, for looking at augmentations at any size."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Photo(NamedTuple):
    """What a photograph is called and whom to thank."""

    title: str
    alt: str
    credit: str

    @property
    def name(self) -> str:
        """What it shows, in a word or two."""
        return self.title.removeprefix("Photo: ")


PHOTOS: dict[str, Photo] = {
    "china": Photo(
        "Photo: Summer Palace",
        "A temple on a hill in Beijing",
        "china.jpg by Daniel Büchele, CC BY 2.0, as shipped in scikit-learn.",
    ),
    "flower": Photo(
        "Photo: dahlia",
        "A dahlia in bloom",
        "flower.jpg by vultilion, changed by Daniel Büchele, CC BY 2.0, as shipped in scikit-learn.",
    ),
}


@lru_cache(maxsize=2)
def read(name: str) -> bytes:
    """The JPEG file itself."""
    return (files("sklearn.datasets") / "images" / f"{name}.jpg").read_bytes()
