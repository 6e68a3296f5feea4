"""Accuracy of a network on rows it does not train on."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def as_input(rows: Tensor) -> Tensor:
    """What a network is shown of rows: pictures uint8 as numbers in 0..1, vectors as they are, float32."""
    return rows.float() / 255 if rows.dtype == torch.uint8 else rows.float()


@torch.inference_mode()
def predict(model: nn.Module, rows: Tensor, at_once: int = 500) -> Tensor:
    """Class probabilities [N, L], float32, of pictures uint8 [N, C, H, W] or vectors [N, D]; its mode is left alone."""
    training = model.training
    model.eval()
    parts = [torch.softmax(model(as_input(part)).float(), dim=1) for part in rows.split(at_once)]
    model.train(training)
    return torch.cat(parts)


def accuracy(model: nn.Module, rows: Tensor, labels: Tensor) -> float | None:
    """Share of rows whose most probable class is the label, None where there are none; NaN weights count as wrong."""
    if not len(rows):
        return None
    probability = predict(model, rows)
    right = (probability.argmax(dim=1) == labels) & torch.isfinite(probability).all(dim=1)
    return right.double().mean().item()
