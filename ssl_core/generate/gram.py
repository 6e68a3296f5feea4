"""What style transfer minimises (Gatys et al. 2016, "Image Style Transfer Using Convolutional Neural Networks").

Content is *where* a network sees *what*: its maps themselves. Style is what it sees *together*, wherever that may be:
the Gram matrix of its maps. Total variation asks neighbours to be alike, against the noise that the others leave.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def gram(maps: Tensor) -> Tensor:
    """G = F Fᵀ / (H·W), [B, C, C]: how often two channels answer at the same place. Maps are [B, C, H, W]."""
    rows = maps.flatten(2)
    return rows @ rows.mT / rows.shape[2]


def style_loss(grams: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Mean over layers of ‖G − G_style‖² / ‖G_style‖²: 0 for the same statistics, 1 for none at all.

    Gatys divides by 4·C²·(H·W)² and needs weights of 10⁶; relative to the style's own every layer counts alike.
    """
    shares = [
        (mine - theirs).square().sum() / theirs.square().sum().clamp(min=1e-12)
        for mine, theirs in zip(grams, wanted, strict=True)
    ]
    return torch.stack(shares).mean()


def content_loss(maps: Tensor, wanted: Tensor) -> Tensor:
    """‖F − F_content‖² / ‖F_content‖²: 0 where the network sees the same things at the same places."""
    return (maps - wanted).square().sum() / wanted.square().sum().clamp(min=1e-12)


def total_variation(x: Tensor) -> Tensor:
    """Mean squared difference of neighbours, down and across (Mahendran & Vedaldi 2015, with β = 2)."""
    down, across = x[..., 1:, :] - x[..., :-1, :], x[..., 1:] - x[..., :-1]
    return down.square().mean() + across.square().mean()
