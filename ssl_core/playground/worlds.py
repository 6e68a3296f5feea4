"""Worlds in the plane: where points of each class lie, and which few of them have a label."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

EDGE = 2.0  # the plane that is shown reaches from −EDGE to EDGE, both ways
POINTS, FRESH = 300, 1000  # of a world to train on, and new ones to measure with
GOLDEN = (5**0.5 - 1) / 2


class World(NamedTuple):
    """What the chooser says, how many classes there are, the usual noise, and where points lie without any."""

    title: str
    classes: int
    noise: float
    place: Callable[[np.ndarray, np.ndarray, np.random.RandomState], np.ndarray]


def _moons(truth: np.ndarray, way: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    angle = np.pi * way
    arc = np.c_[np.cos(angle), np.sin(angle)]
    return np.where(truth[:, None] == 0, arc, [1.0, 0.5] - arc) - [0.5, 0.25]


def _circles(truth: np.ndarray, way: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    angle = 2 * np.pi * way
    return np.where(truth == 0, 0.55, 1.35)[:, None] * np.c_[np.cos(angle), np.sin(angle)]


def _clouds(*spots: tuple[float, float, float]) -> Callable[..., np.ndarray]:
    """A cloud a class: its middle, and its own spread beside the noise."""
    middle, spread = np.array(spots)[:, :2], np.array(spots)[:, 2]

    def place(truth: np.ndarray, way: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        return middle[truth] + spread[truth, None] * random.normal(size=(len(truth), 2))

    return place


def _spirals(arms: int, turns: float) -> Callable[..., np.ndarray]:
    def place(truth: np.ndarray, way: np.ndarray, random: np.random.RandomState) -> np.ndarray:
        along = np.sqrt(way)  # evenly dense along the arm
        angle = 2 * np.pi * (turns * along + truth / arms)
        return (0.15 + 1.4 * along)[:, None] * np.c_[np.cos(angle), np.sin(angle)]

    return place


WORLDS: dict[str, World] = {
    "moons": World("Two moons", 2, 0.05, _moons),
    "circles": World("A ring around a ring", 2, 0.05, _circles),
    "blobs": World("Two clouds", 2, 0.1, _clouds((-0.8, 0, 0.35), (0.8, 0, 0.35))),
    "spirals": World("Two spirals", 2, 0.05, _spirals(2, 1.0)),
    "uneven": World("A dense cloud beside a wide one", 2, 0.05, _clouds((-0.9, 0, 0.15), (0.4, 0, 0.55))),
    "three_clouds": World("Three clouds", 3, 0.1, _clouds((-0.9, -0.6, 0.3), (0.9, -0.6, 0.3), (0, 0.9, 0.3))),
    "three_arms": World("Three spirals", 3, 0.05, _spirals(3, 0.55)),
}


class Points(NamedTuple):
    """Points float64 [n, 2] of the plane, their true classes and their labels, int64 [n]; −1 where there is none."""

    x: np.ndarray
    truth: np.ndarray
    label: np.ndarray


def draw(name: str, noise: float, labels: int, seed: int, count: int = POINTS) -> Points:
    """`count` points in equal shares, `labels` of them labelled, class balanced; raises KeyError for another name.

    More noise moves the same points further, and more labels are added to the same ones. Points stay in the plane.
    """
    world, random = WORLDS[name], np.random.RandomState(seed)
    truth = np.arange(count) % world.classes
    way = random.uniform(size=count)  # how far along an arc or an arm, where there is one
    spot = world.place(truth, way, random)
    x = np.clip(spot + noise * random.normal(size=(count, 2)), -EDGE, EDGE)
    label = np.full(count, -1)
    known = _spread(way, truth, world.classes, min(labels, count), random)
    label[known] = truth[known]
    return Points(x, truth, label)


def _spread(way: np.ndarray, truth: np.ndarray, classes: int, labels: int, random: np.random.RandomState) -> np.ndarray:
    """Rows to label, class after class, of each class spread along the way as somebody would who knows the shape.

    They follow the golden ratio from a random start, so that the first few are spread, too.
    """
    lined = [rows[np.argsort(way[rows])] for rows in (np.flatnonzero(truth == c) for c in range(classes))]
    starts, known = random.uniform(size=classes), []
    for k in range(labels):
        rows, turn = lined[k % classes], k // classes
        free = [row for row in rows if row not in known]
        known.append(free[int(len(free) * ((starts[k % classes] + turn * GOLDEN) % 1))])
    return np.array(known, dtype=int)


def fresh(name: str, noise: float, seed: int, count: int = FRESH) -> tuple[np.ndarray, np.ndarray]:
    """New points of the same world and their classes, to measure with."""
    points = draw(name, noise, 0, seed + 1_000_000, count)
    return points.x, points.truth
