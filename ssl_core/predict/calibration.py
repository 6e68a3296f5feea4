"""Probabilities that can be believed: temperature scaling and its measure (Guo et al. 2017)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

COLDEST, HOTTEST = 0.05, 20.0  # outside, a network is either never or always right on the pictures it was fitted on
BINS = 15  # Guo et al. 2017, section 4


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The T that makes softmax(logits / T) most likely on [N, L] logits and [N] labels, within 0.05..20.

    The loss is convex in β = 1/T with slope mean(Σ p·z − z_label), so halving an interval finds its zero.
    T > 1 says the network was too sure of itself. Never changes which class is first.
    """
    z = logits.double()
    right = z.gather(1, labels[:, None]).squeeze(1)
    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(60):
        beta = (low + high) / 2
        slope = ((torch.softmax(beta * z, dim=1) * z).sum(dim=1) - right).mean().item()
        low, high = (low, beta) if slope > 0 else (beta, high)
    return 2 / (low + high)


def log_loss(logits: Tensor, labels: Tensor, temperature: float = 1.0) -> float:
    """Mean negative log-likelihood: what fit_temperature makes smallest."""
    return torch.nn.functional.cross_entropy(logits.double() / temperature, labels).item()


class Reliability(NamedTuple):
    """Bins of equal width over confidence: how many pictures, how sure, how often right; and their mean gap."""

    edges: list[float]
    count: list[int]
    confidence: list[float]
    accuracy: list[float]
    ece: float


def reliability(probability: Tensor, labels: Tensor, bins: int = BINS) -> Reliability:
    """Confidence against accuracy of [N, L] probabilities; ece = Σ n_b/N · |accuracy_b − confidence_b|."""
    sure, chosen = probability.double().max(dim=1)
    right = (chosen == labels).double()
    place = (sure * bins).ceil().long().clamp(1, bins) - 1  # (0, 1/15], (1/15, 2/15], ...
    count = torch.bincount(place, minlength=bins).double()
    confidence = torch.bincount(place, sure, minlength=bins) / count.clamp(min=1)
    accuracy = torch.bincount(place, right, minlength=bins) / count.clamp(min=1)
    ece = ((count / count.sum()) * (accuracy - confidence).abs()).sum().item()
    edges = [b / bins for b in range(bins + 1)]
    return Reliability(edges, count.long().tolist(), confidence.tolist(), accuracy.tolist(), ece)
