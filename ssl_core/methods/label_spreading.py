"""Label spreading (Zhou et al. 2004): labels flow along a graph of pictures that look alike."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ssl_core.knobs import knob
from ssl_core.methods.matching import FORMULA, Matching
from ssl_core.methods.symbols import Symbol


@dataclass(frozen=True)
class LabelSpreading(Matching):
    """scikit-learn's label spreading over a nearest-neighbour graph, then a network trained on its labels."""

    idea: ClassVar[str] = (
        "Join every picture with those most like it, and let the labels flow along these links until they settle. "
        "Where nearest match jumps, this walks: through many unlabelled pictures in between."
    )
    formula: ClassVar[str] = FORMULA + r"\propto F_b,\;\; F = (1-\alpha)\,(I - \alpha S)^{-1} Y"
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("F_b", "the row of F that belongs to this picture"),
        Symbol("F", "for every picture, how much of each label has flowed to it when the flow has settled"),
        Symbol(r"\alpha", "how much a picture listens to its neighbours rather than to its own label", "alpha_flow"),
        Symbol("I", "the identity: every picture linked with itself alone"),
        Symbol("S", "the links between pictures that look alike, made to sum to about 1 for each"),
        Symbol("Y", "the labels that people gave; zeros for unlabelled pictures"),
    )
    paper: ClassVar[str] = "Zhou et al. 2004, NIPS 16, as scikit-learn has it."
    watch: ClassVar[str] = "Accuracy of the labels given: it is fixed before training begins and never improves."
    breaks: ClassVar[str] = (
        "Bridges between classes: one wrong link carries labels across, and dense classes flow into thin ones. "
        "And pictures that resemble each other for another reason than their class."
    )

    neighbours: int = knob(
        7, "Links of each picture.", title="Links of a picture", low=1, high=50, source="scikit-learn"
    )
    alpha_flow: float = knob(
        0.99, "α: how much a picture listens to its neighbours rather than to its own label.",
        title="Listening to neighbours", low=0.01, high=0.999,
        source="Zhou et al. 2004, section 4; scikit-learn's 0.2 hardly leaves the neighbourhood",
    )  # fmt: skip

    def match(self, x: np.ndarray, y: np.ndarray, u: np.ndarray, classes: int) -> np.ndarray:
        """Pictures that no label reaches get even probabilities."""
        from sklearn.exceptions import ConvergenceWarning  # scikit-learn takes a second to import
        from sklearn.semi_supervised import LabelSpreading as Spreading

        known = np.concatenate([y, np.full(len(u), -1)])
        neighbours = min(self.neighbours, len(known) - 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # 300 rounds settle what matters
            warnings.simplefilter("ignore", RuntimeWarning)  # 0/0 where no label arrives, dealt with below
            graph = Spreading("knn", n_neighbors=neighbours, alpha=self.alpha_flow, max_iter=300, tol=1e-6)
            graph.fit(np.concatenate([x, u]), known)
        flow = np.zeros((len(u), classes))
        flow[:, graph.classes_] = graph.label_distributions_[len(x) :]
        flow = np.nan_to_num(flow)
        reached = flow.sum(axis=1, keepdims=True) > 0
        return np.where(reached, flow, 1 / classes) / np.where(reached, flow.sum(axis=1, keepdims=True), 1)
