"""What the new samples are worth, in numbers: sharpness lost, intrusion into other classes, shrinkage."""

from __future__ import annotations

import numpy as np


def sharpness(pictures: np.ndarray) -> float:
    """Mean squared step between neighbouring pixels of pictures [n, C, H, W] in 0..1."""
    if not len(pictures):
        return float("nan")
    across, down = np.diff(pictures, axis=-1), np.diff(pictures, axis=-2)
    return float(np.square(across).mean() + np.square(down).mean())


def intrusion(real: np.ndarray, y: np.ndarray, new: np.ndarray, label: np.ndarray) -> float:
    """Share of new samples whose nearest real sample is of another class; NaN if there are none."""
    if not len(new):
        return float("nan")
    return float((y[nearest(real, new)] != label).mean())


def nearest(real: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Row of the nearest real sample for every new one [s]."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=1).fit(real).kneighbors(new, return_distance=False)[:, 0]


def spread_kept(real: np.ndarray, new: np.ndarray) -> float:
    """Total variance of the new samples relative to the real ones of the class; 2/3 if partners were independent."""
    if len(new) < 2 or len(real) < 2:
        return float("nan")
    total = real.var(axis=0).sum()
    return float(new.var(axis=0).sum() / total) if total > 0 else float("nan")


def segment(start: np.ndarray, end: np.ndarray, steps: int = 9) -> np.ndarray:
    """Equally spaced points from one sample [d] to another, both included [steps, d]."""
    return start + np.linspace(0, 1, steps)[:, None] * (end - start)


def off_segment(X: np.ndarray, new: np.ndarray, base: np.ndarray, neighbour: np.ndarray) -> np.ndarray:
    """Distance of every new sample from the segment between its seed and its neighbour [s]."""
    start, way = X[base], X[neighbour] - X[base]
    length = np.square(way).sum(axis=1)
    along = ((new - start) * way).sum(axis=1) / np.where(length > 0, length, 1)
    foot = start + along.clip(0, 1)[:, None] * way
    return np.sqrt(np.square(new - foot).sum(axis=1))
