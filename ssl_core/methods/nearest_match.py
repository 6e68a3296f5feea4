"""Nearest match: every unlabelled picture takes the label of the labelled picture that looks most like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ssl_core.methods.matching import FORMULA, Matching, squared_distances
from ssl_core.methods.symbols import Symbol


@dataclass(frozen=True)
class NearestMatch(Matching):
    """One nearest neighbour (Fix & Hodges 1951), then a network trained on its labels."""

    idea: ClassVar[str] = (
        "Every unlabelled picture takes the label of the labelled picture that looks most like it, pixel by pixel. "
        "It is what the word matching suggests, and shows why the methods here guess with a network instead."
    )
    formula: ClassVar[str] = FORMULA + r"= y_{j},\;\; j = \arg\min_i \lVert x_i - u_b\rVert"
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("y_{j}", "the label of the labelled picture that is most like it"),
        Symbol("j", "which labelled picture that is"),
        Symbol(r"\arg\min_i", "the one with the smallest of these numbers, among the labelled pictures i"),
        Symbol(r"\lVert", "distance, ‖...‖: of two pictures", also=(r"\rVert",)),
    )
    paper: ClassVar[str] = "Fix & Hodges 1951; Cover & Hart 1967."
    watch: ClassVar[str] = "Accuracy of the labels given: it is fixed before training begins and never improves."
    breaks: ClassVar[str] = (
        "Classes of uneven density (a wide class loses its outskirts to a dense neighbour), and pictures whose pixels "
        "say little about the class, such as photographs of things in any place."
    )

    def match(self, x: np.ndarray, y: np.ndarray, u: np.ndarray, classes: int) -> np.ndarray:
        """One-hot rows."""
        return np.eye(classes)[y[squared_distances(u, x).argmin(axis=1)]]
