"""Labels that deserve a second look: those a network doubts, strangers, and near-copies with different labels."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.data.card import UNKNOWN
from ssl_core.label.estimate import Fit, out_of_fold
from ssl_core.label.orders.contract import NEAR

STRANGE = 3.0  # deviations, by the median, beyond which a picture is a stranger
SIGMA = 1.4826  # of a median absolute deviation, where distances are normal
FEWEST = 20  # pictures below which nobody can be called a stranger


class Doubt(NamedTuple):
    """A labelled row, the class the network takes it for instead, and by how much more than for its label, 0..1."""

    row: int
    label: int
    rather: int
    by: float


class Pair(NamedTuple):
    """Two near-copies with different labels, and how alike they are (cosine)."""

    rows: tuple[int, int]
    labels: tuple[int, int]
    alike: float


def doubted(fit: Fit, labels: Tensor, *, seed: int = 0) -> list[Doubt]:
    """Labels int64 [N] that a line taught without them doubts, the most doubted first.

    Confident learning (Northcutt et al. 2021, arXiv:1911.00068, equation 2): t_j is the mean probability of class j
    among the pictures labelled j; a picture labelled i counts as a j where its most probable class among those with
    p_j ≥ t_j is j ≠ i. Every class needs two labels, else it is not asked about.
    """
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    if len(rows) < 2:
        return []
    given = labels[rows]
    p = out_of_fold(fit, labels, seed=seed).double()
    counts = torch.bincount(given, minlength=p.shape[1])
    own = p.gather(1, given[:, None])[:, 0]
    threshold = torch.zeros(p.shape[1], dtype=torch.float64).index_add(0, given, own) / counts.clamp(min=1)
    confident = (p >= threshold) & (counts >= 2)
    best = torch.where(confident, p, -1.0).max(dim=1)
    strange = confident.any(dim=1) & (best.indices != given) & (counts[given] >= 2) & (best.values > own)
    found = [
        Doubt(int(rows[n]), int(given[n]), int(best.indices[n]), float(best.values[n] - own[n]))
        for n in torch.nonzero(strange)[:, 0].tolist()
    ]
    return sorted(found, key=lambda doubt: -doubt.by)


def strangers(spots: Tensor, labels: Tensor) -> list[tuple[int, float]]:
    """Rows far from every labelled class, the farthest first, with their distance in deviations of the usual one.

    The distance is that to the nearest mean of a class' labelled pictures, or to the nearest of these themselves.
    """
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    if len(spots) < FEWEST or not len(rows):
        return []
    means = torch.stack([spots[labels == label].mean(dim=0) for label in labels[rows].unique()])
    anchors = torch.cat([means, spots[rows]])
    parts = []
    for first in range(0, len(spots), 4096):
        away = torch.cdist(spots[first : first + 4096], anchors)
        mine = (rows >= first) & (rows < first + 4096)
        away[rows[mine] - first, len(means) + torch.nonzero(mine)[:, 0]] = torch.inf  # nobody is near to himself
        parts.append(away.amin(dim=1))
    distance = torch.cat(parts)
    middle = distance.median()
    deviation = SIGMA * (distance - middle).abs().median().clamp(min=1e-9)
    far = (distance - middle) / deviation
    return [(int(row), float(far[row])) for row in far.argsort(descending=True) if far[row] > STRANGE]


def copies_that_differ(spots: Tensor, labels: Tensor) -> list[Pair]:
    """Near-copies whose labels differ, the most alike first."""
    rows = torch.nonzero(labels != UNKNOWN)[:, 0]
    unit, given = F.normalize(spots[rows].float(), dim=1), labels[rows]
    pairs = []
    for first in range(0, len(rows), 2048):
        alike = unit[first : first + 2048] @ unit.T
        differ = (alike >= NEAR) & (given[first : first + 2048, None] != given)
        for one, other in torch.nonzero(differ).tolist():
            if first + one < other:
                pair = first + one, other
                pairs.append(
                    Pair(
                        tuple(int(rows[n]) for n in pair),
                        tuple(int(given[n]) for n in pair),
                        float(alike[one, other]),
                    )
                )
    return sorted(pairs, key=lambda pair: -pair.alike)
