"""Where a network looks, as pictures and as a share: maps come from `models.ask`."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

# Five points of the colour map "inferno" (van der Walt & Smith, CC0): its brightness rises evenly, for any eye.
INFERNO = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], dtype=float)


def share_inside(heat: Tensor, mask: Tensor) -> Tensor:
    """How much of each map [B, H, W] lies where mask [B, H, W] is 1, as a share [B]; NaN for a map of zeros."""
    return (heat * mask).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))


def heat_picture(heat: Tensor) -> np.ndarray:
    """A map [H, W] as a picture uint8 [3, H, W], dark 0 to bright its largest value."""
    level = (heat / heat.max().clamp(min=1e-12)).double().numpy()
    at = np.linspace(0, 1, len(INFERNO))
    return np.stack([np.interp(level, at, INFERNO[:, c]) for c in range(3)]).round().astype(np.uint8)


def over_picture(heat: Tensor, image: Tensor) -> np.ndarray:
    """The picture uint8 [C, H, W] where the map is high, dimmed to a fifth where it is low; uint8 [C, H, W]."""
    level = (heat / heat.max().clamp(min=1e-12)).clamp(min=0.2)
    return (image * level).round().to(torch.uint8).numpy()
