"""Guesses at pictures nobody labelled, for a maker to learn from: only those that a network is sure of."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ssl_core.models.ask import probabilities

SURE = 0.95  # FixMatch, table 4


def surest(network: nn.Module, pictures: Tensor, sure: float = SURE) -> tuple[Tensor, Tensor]:
    """Rows of the pictures [n, C, H, W] whose class the network is this sure of, and the classes, int64 both.

    No class gets more than twice the median class's share, the surest first: a network that calls everything a seven
    would teach the maker nothing but sevens.
    """
    confidence, guess = probabilities(network, pictures).max(dim=1)
    order = confidence.argsort(descending=True, stable=True)
    order = order[confidence[order] >= sure]
    counts = torch.bincount(guess[order], minlength=1)
    most = 2 * max(1, int(counts[counts > 0].median())) if len(order) else 0
    rows = torch.cat([order[guess[order] == label][:most] for label in range(len(counts))])
    rows = rows.sort().values
    return rows, guess[rows]
