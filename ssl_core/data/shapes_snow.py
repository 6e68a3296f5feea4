"""Shapes before snow or meadow, so that the ground gives the class away: the husky and the snow (Ribeiro et al. 2016).

Two of four classes stand on snow with probability ρ and on the meadow otherwise, the other two the other way round.
A network may learn the ground instead of the figure; half of the test pictures have the wrong ground, which tells.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ssl_core.data.card import MIRRORS, Card, Dataset
from ssl_core.data.shapes import FIGURES, Nuisance, place, to_bytes

if TYPE_CHECKING:
    from torch import Tensor

ON_SNOW = ("circle", "star")  # the wolves; each has one of the others that looks much like it
ON_MEADOW = ("square", "cross")
CLASSES = tuple(figure for pair in zip(ON_SNOW, ON_MEADOW, strict=True) for figure in pair)
RHO = {"shapes_snow": 0.95, "shapes_snow_80": 0.8, "shapes_snow_50": 0.5}
CARDS = tuple(
    Card(
        name=name,
        title=f"Shapes on snow or meadow, ρ = {rho}, 32×32 colour",
        text="The husky and the snow: circles and stars stand on snow, squares and crosses on a meadow, with "
        f"probability {rho}. Half of the test pictures have the other ground.",
        classes=CLASSES,
        channels=3,
        side=32,
        train=1_800,
        validation=200,
        test=800,
        mirrors=MIRRORS,
        turns=180.0,
        shift=4,
        licence="Made by this project (MIT).",
        module=__name__,
    )
    for name, rho in RHO.items()
)
NUISANCE = Nuisance(turn=20.0, jitter=1.0, smallest=0.7)


class Grounds(NamedTuple):
    """What is known of the test pictures: which are the same figures on the other ground, and where the figure is.

    usual and flipped are rows, figure for figure the same; cover [N, side, side] in 0..1 is the figure's share of a
    pixel; snowy [N] says what the ground is; bare uint8 [N, 3, side, side] is the ground without its figure.
    """

    usual: Tensor
    flipped: Tensor
    cover: Tensor
    snowy: Tensor
    bare: Tensor


def _grounds(snowy: np.ndarray, side: int, random: np.random.RandomState) -> np.ndarray:
    """Snow, bright with grey drifts, or a meadow, dark green with blades, [n, 3, side, side]."""
    n = len(snowy)
    grain = random.normal(0, 1, (n, 1, side, side))
    drift = (grain + np.roll(grain, 1, 2) + np.roll(grain, 1, 3) + np.roll(grain, (1, 1), (2, 3))) / 2
    snow = np.array([0.86, 0.89, 0.93])[:, None, None] + 0.05 * drift
    blades = (grain + np.roll(grain, 1, 2) + np.roll(grain, 2, 2)) / np.sqrt(3)
    meadow = np.array([0.14, 0.34, 0.12])[:, None, None] * (1 + 0.35 * blades)
    light = random.uniform(0.85, 1.05, (n, 1, 1, 1))
    return np.where(snowy[:, None, None, None], snow, meadow) * light


def _make(count: int, side: int, seed: int, rho: float, flipped: bool) -> tuple[np.ndarray, ...]:
    """Pictures, labels, cover, snowy and bare ground; `flipped` draws the same figures on the other ground."""
    random = np.random.RandomState(seed)
    labels = random.permutation(np.arange(count) % len(CLASSES))
    figures = np.array([list(FIGURES).index(name) for name in CLASSES])[labels]
    cover = place(figures, side, NUISANCE, random)
    # From brown to orange: as easy to see on snow as on the meadow, and the same for every class.
    colour = np.array([0.75, 0.38, 0.1]) * random.uniform(0.7, 1.1, (count, 1)) + random.uniform(
        -0.08, 0.08, (count, 3)
    )
    usual = np.isin(np.array(CLASSES)[labels], ON_SNOW) == (random.uniform(size=count) < rho)
    snowy = usual != flipped
    bare = _grounds(snowy, side, random)
    pictures = cover * colour[:, :, None, None] + (1 - cover) * bare
    return to_bytes(pictures), labels.astype(np.int64), cover[:, 0], snowy, to_bytes(bare)


@lru_cache(maxsize=3)
def _test(card: Card) -> tuple[list[np.ndarray], Grounds]:
    import torch

    half = card.test // 2
    both = [_make(half, card.side, 1, RHO[card.name], flipped) for flipped in (False, True)]
    joined = [np.concatenate(parts) for parts in zip(*both, strict=True)]
    rows = torch.arange(card.test)
    cover, snowy, bare = (torch.from_numpy(part) for part in joined[2:])
    return joined, Grounds(rows[:half], rows[half:], cover.float(), snowy, bare)


def grounds(card: Card) -> Grounds:
    """What is known of the test pictures of a set of this kind."""
    return _test(card)[1]


@lru_cache(maxsize=3)
def load(card: Card) -> Dataset:
    """Seed 0 for training; of the test pictures, seed 1, the first half on the usual ground, the second flipped."""
    import torch

    images, labels = _make(card.train, card.side, 0, RHO[card.name], flipped=False)[:2]
    tested = _test(card)[0]
    return Dataset(card, *(torch.from_numpy(part) for part in (images, labels, tested[0], tested[1])))
