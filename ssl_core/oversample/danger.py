"""Where a sample stands among the other classes: safe, in danger, or noise (Han et al. 2005, Borderline-SMOTE)."""

from __future__ import annotations

import numpy as np

from ssl_core.oversample.smote import neighbours_of
from ssl_core.oversample.variants import M

KINDS = ("safe", "danger", "noise")
MEANING = {
    "safe": "most of its nearest neighbours share its class",
    "danger": "half or more of them are of other classes, but not all",
    "noise": "all of them are of other classes",
}


def foreign_neighbours(X: np.ndarray, y: np.ndarray, m: int) -> np.ndarray:
    """How many of each sample's m nearest neighbours are of another class [n]."""
    return (y[neighbours_of(X, m)] != y[:, None]).sum(axis=1)


def danger(X: np.ndarray, y: np.ndarray, m: int = M) -> np.ndarray:
    """One of KINDS for every sample [n]; m is lowered to what there is."""
    m = min(m, len(X) - 1)
    foreign = foreign_neighbours(X, y, m)
    return np.where(foreign == m, "noise", np.where(foreign >= m / 2, "danger", "safe"))
