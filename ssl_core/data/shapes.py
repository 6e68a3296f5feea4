"""Ten kinds of figure on a textured ground, 32×32 RGB, drawn from a seed: every nuisance is known and adjustable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ssl_core.data.card import MIRRORS, Card, Dataset
from ssl_core.knobs import knob

CARD = Card(
    name="shapes",
    title="Shapes, 32×32 colour",
    text="Ten kinds of figure in random colours, places, sizes and angles on a textured ground, drawn by "
    "a program from a seed. No two pictures are alike and every nuisance is known.",
    classes=("circle", "square", "triangle", "star", "ring", "cross", "heart", "crescent", "hexagon", "arrow"),
    channels=3,
    side=32,
    train=6_500,
    validation=500,
    test=2_000,
    mirrors=MIRRORS,
    turns=180.0,  # a heart on its head is a heart: no figure becomes another by turning
    shift=4,
    licence="Made by this project (MIT).",
    module=__name__,
)

Plane = np.ndarray  # [n, side, side], one coordinate of every pixel in the figure's own frame


@dataclass(frozen=True)
class Nuisance:
    """What varies between two pictures of one class; the defaults were tuned by tests/benchmarks/shapes.py."""

    turn: float = knob(12.0, "Largest rotation, degrees.", low=0, high=180)
    jitter: float = knob(0.3, "How far the centre strays, as a share of the free room.", low=0, high=1)
    smallest: float = knob(0.75, "Smallest size relative to the largest.", low=0.3, high=1)
    vivid: float = knob(0.2, "How colourful the figures are; 0 is white.", low=0, high=1)
    ground: float = knob(0.3, "Brightness of the ground relative to 0.45.", low=0, high=2)
    texture: float = knob(0.3, "Contrast of the ground's texture.", low=0, high=1)
    noise: float = knob(0.0, "Standard deviation of pixel noise.", low=0, high=0.3)
    clutter: int = knob(0, "Number of small bright blobs on the ground.", low=0, high=6)


# Signed distances in the figure's frame, where it fills about -1..1: negative inside, roughly 1 per unit outside.
def _disc(u: Plane, v: Plane, x: float = 0.0, y: float = 0.0, radius: float = 0.85) -> Plane:
    return np.hypot(u - x, v - y) - radius


def _box(u: Plane, v: Plane, width: float, height: float) -> Plane:
    return np.maximum(np.abs(u) - width, np.abs(v) - height)


def _polygon(u: Plane, v: Plane, corners: int, inner: float, start: float = -np.pi / 2) -> Plane:
    """A regular polygon whose sides lie `inner` from the centre; `start` points at a corner."""
    angles = start + np.pi / corners + 2 * np.pi * np.arange(corners) / corners
    return np.max([u * np.cos(a) + v * np.sin(a) for a in angles], axis=0) - inner


def _star(u: Plane, v: Plane) -> Plane:
    sector = 2 * np.pi / 5
    angle = np.abs((np.arctan2(v, u) + np.pi / 2 + sector / 2) % sector - sector / 2) / (sector / 2)  # 0 tip, 1 notch
    return np.hypot(u, v) - (1.0 - 0.58 * angle)


def _heart(u: Plane, v: Plane) -> Plane:
    lobes = np.minimum(_disc(u, v, -0.42, -0.3, 0.47), _disc(u, v, 0.42, -0.3, 0.47))
    point = np.maximum((np.abs(u) * 0.78 + v * 0.63) - 0.56, -0.25 - v)
    return np.minimum(lobes, point)


FIGURES = {
    "circle": _disc,
    "square": lambda u, v: _box(u, v, 0.75, 0.75),
    "triangle": lambda u, v: _polygon(u, v, 3, 0.5),
    "star": _star,
    "ring": lambda u, v: np.abs(np.hypot(u, v) - 0.65) - 0.22,
    "cross": lambda u, v: np.minimum(_box(u, v, 0.9, 0.3), _box(u, v, 0.3, 0.9)),
    "heart": _heart,
    "crescent": lambda u, v: np.maximum(_disc(u, v), -_disc(u, v, 0.0, -0.45, 0.7)),
    "hexagon": lambda u, v: _polygon(u, v, 6, 0.78),
    "arrow": lambda u, v: np.minimum(
        _box(u, v - 0.4, 0.26, 0.5), np.maximum(np.abs(u) * 0.75 + (-v) * 0.66 - 0.6, v - 0.0)
    ),
}


def draw(labels: np.ndarray, side: int, nuisance: Nuisance, random: np.random.RandomState) -> np.ndarray:
    """Pictures uint8 [n, 3, side, side] of the figures that `labels` number, in the order of FIGURES."""
    n, cover = len(labels), place(labels, side, nuisance, random)
    ground = _ground(n, side, nuisance, random)
    figure_colour = _bright(n, random, nuisance.vivid)[:, :, None, None]
    picture = cover * figure_colour + (1 - cover) * ground
    if nuisance.noise:
        picture = picture + random.normal(0, nuisance.noise, picture.shape)
    return to_bytes(picture)


def place(labels: np.ndarray, side: int, nuisance: Nuisance, random: np.random.RandomState) -> np.ndarray:
    """How much of each pixel the figure covers, [n, 1, side, side] in 0..1: place, size and angle are drawn."""
    n = len(labels)
    radius = side * 0.42 * random.uniform(nuisance.smallest, 1, n)  # in pixels
    free = (side / 2 - radius) * nuisance.jitter
    centre = (side - 1) / 2 + random.uniform(-1, 1, (2, n)) * free
    turn = np.deg2rad(random.uniform(-nuisance.turn, nuisance.turn, n))
    mirror = random.choice([-1.0, 1.0], n)
    wide = (slice(None), None, None)  # one number a picture, against its pixels

    pixel = np.arange(side, dtype=float)
    x, y = (pixel[None, None, :] - centre[0][wide]), (pixel[None, :, None] - centre[1][wide])
    cos, sin = np.cos(turn)[wide] / radius[wide], np.sin(turn)[wide] / radius[wide]
    u, v = (cos * x + sin * y) * mirror[wide], cos * y - sin * x
    distance = np.empty((n, side, side))
    for index, figure in enumerate(FIGURES.values()):
        rows = labels == index
        distance[rows] = figure(u[rows], v[rows])
    return np.clip(0.5 - distance * radius[wide], 0, 1)[:, None]  # a soft edge one pixel wide


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """Numbers in 0..1, and what goes beyond, as uint8."""
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _bright(n: int, random: np.random.RandomState, vivid: float = 0.85) -> np.ndarray:
    """Colours [n, 3], the strongest channel near 1, the others down to 1 - vivid of it."""
    colour = random.uniform(1 - vivid, 1, (n, 3))
    return colour / colour.max(axis=1, keepdims=True) * random.uniform(0.75, 1, (n, 1))


def _ground(n: int, side: int, nuisance: Nuisance, random: np.random.RandomState) -> np.ndarray:
    """A dim colour with plane waves across it, and bright blobs if there is clutter, [n, 3, side, side]."""
    pixel = np.arange(side, dtype=float)
    colour = random.uniform(0.3, 1, (n, 3)) * 0.45 * nuisance.ground
    waves = np.zeros((n, side, side))
    for _ in range(2):
        direction, length = random.uniform(0, np.pi, n), random.uniform(4, 14, n)
        phase = random.uniform(0, 2 * np.pi, n)
        along = np.cos(direction)[:, None, None] * pixel[None, None, :]
        along = along + np.sin(direction)[:, None, None] * pixel[None, :, None]
        waves += np.sin(2 * np.pi * along / length[:, None, None] + phase[:, None, None]) / 2
    ground = colour[:, :, None, None] * (1 + waves[:, None] * nuisance.texture * 2)
    for _ in range(nuisance.clutter):
        spot = random.uniform(0, side, (2, n, 1, 1))
        size = random.uniform(1, 2.5, (n, 1, 1))
        away = np.hypot(pixel[None, None, :] - spot[0], pixel[None, :, None] - spot[1])
        cover = np.clip(0.5 - (away - size), 0, 1)[:, None]
        ground = cover * _bright(n, random)[:, :, None, None] + (1 - cover) * ground
    return ground


def make(count: int, side: int, seed: int, nuisance: Nuisance) -> tuple[np.ndarray, np.ndarray]:
    """`count` pictures and labels, the classes as equal as can be, shuffled."""
    random = np.random.RandomState(seed)
    labels = random.permutation(np.arange(count) % len(FIGURES))
    # By the hundred: the coordinates of more pictures at once would not fit the processor's cache.
    parts = [draw(labels[i : i + 100], side, nuisance, random) for i in range(0, count, 100)]
    return np.concatenate(parts), labels.astype(np.int64)


@lru_cache(maxsize=1)
def load(card: Card, nuisance: Nuisance = Nuisance()) -> Dataset:
    """The standard set: seed 0 for training, seed 1 for the test."""
    import torch  # here, not above: a card is read by pages that need no tensors

    images, labels = make(card.train, card.side, 0, nuisance)
    test_images, test_labels = make(card.test, card.side, 1, nuisance)
    return Dataset(card, *(torch.from_numpy(a) for a in (images, labels, test_images, test_labels)))
