"""Accuracy of a network on rows it does not train on."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ssl_core.models.ask import probabilities


def accuracy(model: nn.Module, rows: Tensor, labels: Tensor) -> float | None:
    """Share of rows whose most probable class is the label, None where there are none; NaN weights count as wrong."""
    if not len(rows):
        return None
    probability = probabilities(model, rows)
    right = (probability.argmax(dim=1) == labels) & torch.isfinite(probability).all(dim=1)
    return right.double().mean().item()
