"""The mean over all places of a map, so that what flows back keeps the memory order of what came in."""

from __future__ import annotations

from torch import Tensor


def mean_over_places(x: Tensor) -> Tensor:
    """[B, C, H, W] to [B, C].

    The gradient of `x.mean(dim=(2, 3))` comes channel by channel, whatever the order of x, and a network in
    channels-last order then turns it around layer by layer: a quarter of a step on 8×8 pictures.
    """
    return x.permute(0, 2, 3, 1).flatten(1, 2).mean(dim=1)
