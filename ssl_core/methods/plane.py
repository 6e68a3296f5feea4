"""Two classes in a plane, to see what matching does and where it fails."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.methods.cluster_match import ClusterMatch
from ssl_core.methods.label_spreading import LabelSpreading
from ssl_core.methods.nearest_match import NearestMatch

SCENES = {
    "uneven": "A dense class beside a wide one",
    "moons": "Two moons",
    "even": "Two equal classes",
}
MATCHERS = {
    "nearest_match": NearestMatch(),
    "cluster_match": ClusterMatch(clusters=12),
    "label_spreading": LabelSpreading(),
}


class Plane(NamedTuple):
    """Labelled points x [n, 2] with labels y, unlabelled ones u [m, 2] and their true labels, float64 and int64."""

    x: np.ndarray
    y: np.ndarray
    u: np.ndarray
    true: np.ndarray


def scene(name: str, labels: int, seed: int, count: int = 400) -> Plane:
    """`count` points of two classes, `labels` of each class labelled; raises KeyError for a name not in SCENES."""
    random = np.random.default_rng(seed)
    true = np.repeat([0, 1], count // 2)
    noise = random.normal(size=(count, 2))
    if name == "moons":
        angle = random.uniform(0, np.pi, count)
        arc = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        points = np.where(true[:, None] == 0, arc, np.array([1.0, 0.4]) - arc) + 0.09 * noise
    else:
        spread = {"uneven": (0.25, 1.1), "even": (0.6, 0.6)}[name]
        centre = np.array([[0.0, 0.0], [2.4, 0.0]])
        points = centre[true] + np.array(spread)[true][:, None] * noise
    chosen = np.concatenate([random.choice(np.flatnonzero(true == c), labels, replace=False) for c in (0, 1)])
    free = np.setdiff1d(np.arange(count), chosen)
    return Plane(points[chosen], true[chosen], points[free], true[free])


def matched(plane: Plane, name: str) -> tuple[np.ndarray, float]:
    """The class each unlabelled point was given by a matcher of MATCHERS, and the share that is right."""
    labels = MATCHERS[name].match(plane.x, plane.y, plane.u, 2).argmax(axis=1)
    return labels, float((labels == plane.true).mean())
