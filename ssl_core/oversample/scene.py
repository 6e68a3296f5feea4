"""One class of a balanced set, looked at closely: its graph, its new samples, and one of them step by step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ssl_core.oversample.danger import danger
from ssl_core.oversample.measure import intrusion, nearest, segment, sharpness, spread_kept
from ssl_core.oversample.resample import Outcome
from ssl_core.oversample.smote import neighbours_of
from ssl_core.oversample.space import Space, flattened
from ssl_core.oversample.variants import M


class Scene(NamedTuple):
    """Everything in the plane of the screen, [*, 2]; rows count within their own array."""

    real: np.ndarray
    y: np.ndarray
    kinds: np.ndarray  # safe, danger or noise, for every real sample
    new: np.ndarray
    label: np.ndarray  # classes of the new samples
    share: float  # of the variance that the plane shows


def look_at(space: Space, y: np.ndarray, outcome: Outcome, m: int = M) -> Scene:
    """Flatten a balanced set onto the two directions in which the real samples differ most."""
    real, project, share = flattened(space.X)
    new = outcome.X[outcome.new]
    shown = project(new) if len(new) else np.empty((0, 2))
    return Scene(real, y, danger(space.X, y, m), shown, outcome.y[outcome.new], share)


def graph(space: Space, y: np.ndarray, label: int, k: int) -> np.ndarray:
    """Pairs of rows [e, 2]: every sample of a class with its k nearest of that class."""
    rows = np.flatnonzero(y == label)
    k = min(k, len(rows) - 1)
    if k < 1:
        return np.empty((0, 2), np.int64)
    near = neighbours_of(space.X[rows], k)
    return np.stack([np.repeat(rows, k), rows[near].ravel()], axis=1)


class Steps(NamedTuple):
    """A new sample between its seed and its neighbour, as pictures in 0..1 where the space has a way back."""

    base: int
    neighbour: int
    gap: float
    pictures: np.ndarray | None  # nine, from the seed to the neighbour [9, C, H, W]
    itself: np.ndarray | None  # [C, H, W]


def follow(space: Space, outcome: Outcome, number: int) -> Steps | None:
    """The way to new sample `number`; None if the variant does not say how it was made."""
    base, neighbour = int(outcome.base[number]), int(outcome.neighbour[number])
    if base < 0:
        return None
    pictures = itself = None
    if space.decode:
        pictures = space.decode(segment(space.X[base], space.X[neighbour]))
        itself = space.decode(outcome.X[outcome.new[number]][None])[0]
    return Steps(base, neighbour, float(outcome.gap[number]), pictures, itself)


def stands_beside(space: Space, outcome: Outcome, number: int) -> tuple[int, np.ndarray | None]:
    """The real sample nearest to a new one, and the new one's picture if there is a way back."""
    point = outcome.X[outcome.new[number]][None]
    return int(nearest(space.X, point)[0]), space.decode(point)[0] if space.decode else None


class Numbers(NamedTuple):
    """What the new samples of one class are worth; NaN where it cannot be said."""

    intrusion: float
    spread: float
    sharp_real: float
    sharp_new: float


def numbers(space: Space, y: np.ndarray, outcome: Outcome, label: int) -> Numbers:
    """Intrusion into other classes, variance kept, and sharpness of real and new pictures of a class."""
    mine = outcome.new[outcome.y[outcome.new] == label]
    new, real = outcome.X[mine], space.X[y == label]
    nothing = float("nan")
    sharp = (
        (sharpness(space.decode(real)), sharpness(space.decode(new))) if space.decode and len(new) else (nothing,) * 2
    )
    return Numbers(intrusion(space.X, y, new, outcome.y[mine]), spread_kept(real, new), *sharp)


class Row(NamedTuple):
    """A row of the comparison of spaces."""

    title: str
    pictures: np.ndarray  # the first few [n, C, H, W] in 0..1
    sharpness: float
    lost: float  # relative to the real pictures


def side_by_side(
    images: np.ndarray, y: np.ndarray, label: int, by_space: dict[str, tuple[Space, Outcome]], show: int = 8
) -> list[Row]:
    """Real pictures of a class above its new ones in several spaces, with the sharpness each lost."""
    real = images[y == label] / 255.0
    whole = sharpness(real)
    rows = [Row("Real pictures", real[:show], whole, 0.0)]
    for title, (space, outcome) in by_space.items():
        mine = outcome.new[outcome.y[outcome.new] == label]
        if space.decode is None or not len(mine):
            continue
        back = space.decode(space.X[y == label])
        if np.abs(back - real).max() > 1e-6:  # a space that loses something even without SMOTE
            rows.append(Row(f"{title}: real ones, there and back", back[:show], sharpness(back), _lost(back, whole)))
        new = space.decode(outcome.X[mine])
        rows.append(Row(f"{title}: new", new[:show], sharpness(new), _lost(new, whole)))
    return rows


def _lost(pictures: np.ndarray, whole: float) -> float:
    return 1 - sharpness(pictures) / whole if whole else float("nan")


def rows_of(outcome: Outcome, label: int) -> list[int]:
    """Numbers of a class's new samples, counted among all new ones."""
    return np.flatnonzero(outcome.y[outcome.new] == label).tolist()


def ends(outcome: Outcome, numbers: list[int]) -> np.ndarray:
    """(seed, neighbour) of some new samples [s, 2], -1 where unknown."""
    return np.stack([outcome.base[numbers], outcome.neighbour[numbers]], axis=1).astype(int).reshape(-1, 2)
