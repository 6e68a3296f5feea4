"""How an answer moves when the picture is shifted, distorted, or left alone: the views that training draws."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ssl_core.augment import strong, weak
from ssl_core.predict.classifier import Classifier

MOST_VIEWS = 32


class Views(NamedTuple):
    """Pictures uint8 [N, C, H, W], and calibrated probabilities [N, L] of each."""

    images: Tensor
    probability: Tensor


def views(classifier: Classifier, image: Tensor, count: int, seed: int) -> dict[str, Views]:
    """`count` weak and as many strong views of one picture uint8 [C, H, W], and what the network says to each."""
    card, seen = classifier.card, {}
    for name, policy in (("weak", weak(card)), ("strong", strong(card))):
        generator = torch.Generator().manual_seed(seed)
        x = policy(image[None].float().div(255).repeat(count, 1, 1, 1), generator)
        images = (x.clamp(0, 1) * 255).round().to(torch.uint8)
        seen[name] = Views(images, classifier.probabilities(images))
    return seen
