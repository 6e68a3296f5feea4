"""TypiClust (Hacohen et al. 2022, arXiv:2202.02794): the most typical picture of the largest group without a label."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from ssl_core.label.orders.contract import Known, Order

NEIGHBOURS = 20  # section 3.2
MOST_GROUPS = 500  # the authors' code
SMALL = 5  # a smaller group is no place to ask in while there are larger ones: the authors' code
MANY = 50  # groups above which k-means looks at small batches: the authors' code


@dataclass(frozen=True)
class Typical(Order):
    """Groups are k-means on features of length 1, as many as there will be labels."""

    def rank(self, known: Known, count: int, generator: Generator) -> Tensor:
        """Groups with few labels first, large before small; the top of every group, then the second of every group."""
        unit, open_rows = known.unit, known.open
        many = min(len(known.labelled) + count, MOST_GROUPS, len(unit))
        group = groups(unit, many, generator)
        size = torch.bincount(group, minlength=many)
        labels = torch.bincount(group[known.labelled], minlength=many)
        turns = sorted(range(many), key=lambda g: (bool(size[g] < SMALL), int(labels[g]), -int(size[g])))
        piles = []
        for g in turns:
            members = torch.nonzero(group == g)[:, 0]
            best = members[typicality(unit[members]).argsort(descending=True, stable=True)]
            piles.append(best[torch.isin(best, open_rows)])
        longest = max(map(len, piles))
        return torch.cat([pile[turn : turn + 1] for turn in range(longest) for pile in piles])


def groups(unit: Tensor, many: int, generator: Generator) -> Tensor:
    """The k-means group of each row, int64 [N]."""
    from sklearn.cluster import KMeans, MiniBatchKMeans  # scikit-learn takes a second to import
    from threadpoolctl import threadpool_limits

    seed = int(torch.randint(2**31 - 1, (1,), generator=generator))
    if many == 1:
        return torch.zeros(len(unit), dtype=torch.int64)
    if many > MANY:
        means = MiniBatchKMeans(many, batch_size=2048, n_init=1, random_state=seed)
    else:
        means = KMeans(many, n_init=1, random_state=seed)
    with warnings.catch_warnings(), threadpool_limits(1):  # beside others, threads wait for one another
        warnings.simplefilter("ignore")  # fewer different pictures than groups: some stay empty
        return torch.from_numpy(means.fit_predict(unit.numpy()).astype(np.int64))


def typicality(unit: Tensor) -> Tensor:
    """1 / the mean distance to the 20 nearest rows of the same group, [n]; of a small group to half of it."""
    nearest = min(NEIGHBOURS, max(len(unit) // 2, 1), len(unit) - 1)
    if nearest < 1:
        return torch.ones(len(unit))
    mean = torch.cat([
        (2 - 2 * part @ unit.T).clamp(min=0).topk(nearest + 1, largest=False).values[:, 1:].sqrt().mean(dim=1)
        for part in unit.split(2048)
    ])  # fmt: skip
    return 1 / mean.clamp(min=1e-6)
