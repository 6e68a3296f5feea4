"""Accuracy of a network on pictures it does not train on."""

from __future__ import annotations

import torch
from torch import Tensor, nn


@torch.inference_mode()
def predict(model: nn.Module, images: Tensor, at_once: int = 500) -> Tensor:
    """Class probabilities [N, L], float32, of uint8 pictures [N, C, H, W]; the model is left in its mode."""
    training = model.training
    model.eval()
    parts = [torch.softmax(model(part.float() / 255).float(), dim=1) for part in images.split(at_once)]
    model.train(training)
    return torch.cat(parts)


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of pictures whose most probable class is the label; NaN weights count as wrong."""
    probability = predict(model, images)
    right = (probability.argmax(dim=1) == labels) & torch.isfinite(probability).all(dim=1)
    return right.double().mean().item()
