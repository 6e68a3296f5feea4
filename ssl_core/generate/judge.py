"""Judging made pictures, whoever made them: are they as asked for, like real ones, new, and varied.

Every question is put to a network that has learned with every label of the data set (every_label.py): its answers,
and distances among its features. Each number stands beside what real pictures get in the same place.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from ssl_core.models.ask import as_input, features, logits

MOST = 500  # pictures of a kind whose nearest is looked for: more would take seconds and say the same
NEAR = 0.5  # of the distance that a real picture usually has: what is nearer is a copy, as good as
COVERED = 0.1  # of its fair share: a class that fewer of the made pictures show is one the maker has lost


class Nearest(NamedTuple):
    """The learned picture nearest to each made one: its row [n], and how far it is [n], root mean square in 0..1."""

    row: Tensor
    distance: Tensor


class Judgement(NamedTuple):
    """What made pictures are worth; `real` pictures are those of the data set that the maker has not seen.

    Shares are 0..1; None where there is nothing to say, such as what was asked of a maker that cannot be asked.
    """

    recognised: float | None  # made pictures that the network calls by the class asked for
    recognised_real: float  # and real ones: more than this nobody can ask
    by_class: tuple[float | None, ...]  # recognised, of each class asked for
    seen: tuple[int, ...]  # made pictures that the network sees as each class
    frechet: float  # distance of made from real pictures in its features
    frechet_real: float  # and of real from other real ones, as many
    memorised: float  # made pictures that are copies of a learned one, as good as
    memorised_real: float  # and real ones, which nobody copied
    nearest: Nearest
    usual: float  # median distance of a real picture from its nearest learned one
    diversity: tuple[float | None, ...]  # of each class: how far apart its pictures are, relative to real ones

    @property
    def covered(self) -> int:
        """How many classes are among the made pictures, each with a tenth of its fair share at least."""
        return covered(self.seen)

    @property
    def varied(self) -> float | None:
        """Diversity, mean of the classes that have one."""
        known = [one for one in self.diversity if one is not None]
        return sum(known) / len(known) if known else None


def judge(
    network: nn.Module,
    made: Tensor,
    asked: Tensor | None,
    learned: Tensor,
    real: Tensor,
    labels: Tensor,
    generator: Generator,
) -> Judgement:
    """Judge pictures [n, C, H, W]: `asked` [n] are the classes they should show, None of a maker without classes.

    `learned` are the pictures that the maker has learned from; `real` [m], with `labels`, others of the same data
    set. All are uint8, or floats in 0..1. The generator draws which real pictures are compared with which.
    """
    of_made, answers = features(network, made), logits(network, made)
    guess, classes = answers.argmax(dim=1), answers.shape[1]
    real, labels = _shuffled(real, labels, generator)
    of_real = features(network, real)
    half = max(min(len(made), len(real) // 2), 1)
    nearest = nearest_of(made, learned)
    usual = nearest_of(real[:MOST], learned).distance
    return Judgement(
        recognised=_share(guess == asked) if asked is not None else None,
        recognised_real=_share(logits(network, real).argmax(dim=1) == labels),
        by_class=tuple(_share((guess == c)[asked == c]) if asked is not None else None for c in range(classes)),
        seen=tuple(torch.bincount(guess, minlength=classes).tolist()),
        frechet=frechet(of_made[torch.randperm(len(made), generator=generator)[:half]], of_real[:half]),
        frechet_real=frechet(of_real[half : 2 * half], of_real[:half]),
        memorised=_share(nearest.distance < NEAR * usual.median()),
        memorised_real=_share(usual < NEAR * usual.median()),
        nearest=nearest,
        usual=usual.median().item(),
        diversity=diversity(of_made, guess if asked is None else asked, of_real, labels, classes),
    )


def recognised(network: nn.Module, made: Tensor, asked: Tensor) -> float:
    """The share of made pictures [n, C, H, W] that the network calls by the class asked for [n]."""
    return _share(logits(network, made).argmax(dim=1) == asked)


def seen_as(network: nn.Module, made: Tensor) -> tuple[int, ...]:
    """How many of the made pictures the network sees as each class."""
    answers = logits(network, made)
    return tuple(torch.bincount(answers.argmax(dim=1), minlength=answers.shape[1]).tolist())


def covered(seen: tuple[int, ...]) -> int:
    """How many classes have a tenth of their fair share of the pictures at least."""
    fair = sum(seen) / len(seen)
    return sum(count > 0 and count >= COVERED * fair for count in seen)


def frechet(one: Tensor, other: Tensor) -> float:
    """The Fréchet distance of two Gaussians fitted to features [n, D] and [m, D] (Heusel et al. 2017, equation 6).

    |μ1 − μ2|² + tr(C1 + C2 − 2 (C1 C2)^½). It grows as the sets shrink: compare sets of one size only.
    """
    (mean1, c1), (mean2, c2) = (_gaussian(rows.double()) for rows in (one, other))
    # C1·C2 is not symmetric, but C1^½ C2 C1^½ is, and has the same eigenvalues.
    root = _root(c1)
    cross = torch.linalg.eigvalsh(root @ c2 @ root).clamp(min=0).sqrt().sum()
    distance = (mean1 - mean2).square().sum() + c1.trace() + c2.trace() - 2 * cross
    return max(0.0, distance.item())


def nearest_of(pictures: Tensor, learned: Tensor) -> Nearest:
    """The nearest of the `learned` pictures, pixel by pixel, for each of the others."""
    a, b = as_input(pictures).flatten(1), as_input(learned).flatten(1)
    rows, distances = [], []
    for part in a.split(MOST):
        row = torch.cdist(part, b, compute_mode="use_mm_for_euclid_dist").argmin(dim=1)
        rows.append(row)
        distances.append((part - b[row]).norm(dim=1))  # the products above would round a copy's 0 away
    return Nearest(torch.cat(rows), torch.cat(distances) / a.shape[1] ** 0.5)


def diversity(made: Tensor, of: Tensor, real: Tensor, labels: Tensor, classes: int) -> tuple[float | None, ...]:
    """Mean distance of two pictures of a class in features [n, D], relative to real ones; None below two of each."""
    shares = []
    for label in range(classes):
        mine, usual = made[of == label][:MOST], real[labels == label][:MOST]
        enough = len(mine) > 1 and len(usual) > 1
        shares.append((torch.pdist(mine).mean() / torch.pdist(usual).mean()).item() if enough else None)
    return tuple(shares)


def _gaussian(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [D] and covariance [D, D]; a single row varies in nothing."""
    away = rows - rows.mean(dim=0)
    return rows.mean(dim=0), away.T @ away / max(len(rows) - 1, 1)


def _root(matrix: Tensor) -> Tensor:
    """The symmetric square root of a covariance."""
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


def _shuffled(pictures: Tensor, labels: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    order = torch.randperm(len(pictures), generator=generator)
    return pictures[order], labels[order]


def _share(which: Tensor) -> float | None:
    """The share of True, None of nothing."""
    return which.double().mean().item() if len(which) else None
