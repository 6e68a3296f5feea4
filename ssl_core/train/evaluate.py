"""Accuracy of a network on pictures it does not train on."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ssl_core.models.ask import probabilities


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of pictures whose most probable class is the label; NaN weights count as wrong."""
    probability = probabilities(model, images)
    right = (probability.argmax(dim=1) == labels) & torch.isfinite(probability).all(dim=1)
    return right.double().mean().item()
