"""All pictures in a plane: by principal components at once, by UMAP (McInnes et al. 2018) where it is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor

from ssl_core.label import aside
from ssl_core.label.acts import Said
from ssl_core.label.pictures import Pictures

MOST = 4_000  # points that a browser without a graphics card draws, and circles with a lasso, without a wait
NEIGHBOURS = 15  # the package's own default


def drawn_points(count: int, always: list[int], most: int = MOST) -> np.ndarray:
    """Which of `count` rows are drawn, int64 ascending: `always` these, and of the others as many as there is room for.

    The same each time, so that no picture jumps in or out while others are labelled.
    """
    if count <= most:
        return np.arange(count)
    ranks = np.random.default_rng(0).permutation(count)
    ranks[always] = -1
    return np.sort(np.argsort(ranks, kind="stable")[: max(most, len(set(always)))])


def asked(said: Said, pictures: Pictures) -> list[int]:
    """The first row of each picture that was asked about one by one and has a class, the first asked in front."""
    single = (p for p in said.labels() if any(word.how == "single" for word in said.words[p].values()))
    return [pictures.rows[p][0] for p in single if p in pictures.rows]


def can_umap() -> bool:
    """Whether the package umap-learn is there: it is an extra, and nothing else needs it."""
    return find_spec("umap") is not None


class Umap:
    """Computes a plane by UMAP aside; `points` [N, 2] once it is there, `wrong` where it went wrong."""

    def __init__(self, spots: Tensor) -> None:
        self.points: Tensor | None = None
        self.wrong = ""
        self._spots = spots
        aside.start(self._work, "umap")

    def _work(self) -> None:
        try:
            self.points = by_umap(self._spots)
        except Exception as wrong:  # a stranger's package: whoever waits must learn that there is nothing to wait for
            self.wrong = f"UMAP could not place these pictures ({type(wrong).__name__}: {wrong})."


def by_umap(spots: Tensor, seed: int = 0) -> Tensor:
    """Spots [N, 64] in a plane, [N, 2] float32, the same for the same seed; needs the package umap-learn."""
    reducer = import_module("umap").UMAP(n_neighbors=min(NEIGHBOURS, max(2, len(spots) - 1)), random_state=seed)
    return torch.from_numpy(np.asarray(reducer.fit_transform(spots.numpy()), dtype=np.float32))
