"""Another ground behind whatever stands in the picture, without knowing where it stands.

What the rim of a picture looks like is taken for the ground, as a chroma key does with its green: pixels near the
rim's median colour become a drawn colour with a drawn grain. For networks that learnt the ground instead of the
figure (Xiao et al. 2021, "Noise or Signal", change grounds with known masks; this one guesses).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.augment.chance import normal
from ssl_core.augment.operation import each

TINT = 0.3  # how far a drawn shade's channels lie apart: a ground as vivid as the figure would hide it
COARSEST = 0.1  # largest standard deviation of the grain
LEAST = 0.06  # a perfectly even ground still has some reach, or a JPEG's ripples would stay


def likeness(x: Tensor) -> Tensor:
    """How much each pixel looks like the rim, 0..1, [B, 1, H, W]."""
    height, width = x.shape[-2:]
    edge = max(1, min(height, width) // 16)
    rim = torch.cat(
        [
            x[..., :edge, :].flatten(2),
            x[..., -edge:, :].flatten(2),
            x[..., :edge].flatten(2),
            x[..., -edge:].flatten(2),
        ],
        dim=2,
    )
    middle = rim.median(dim=2, keepdim=True).values
    away = (rim - middle).square().sum(dim=1).sqrt()
    reach = away.quantile(0.9, dim=1).clamp(min=LEAST)  # nine of ten rim pixels lie within it
    distance = (x - middle[..., None]).square().sum(dim=1, keepdim=True).sqrt()
    alike = (2 - distance / each(reach)).clamp(0, 1)
    return F.max_pool2d(alike, 3, 1, padding=1)  # one pixel more, or a seam in the old ground's colour stays


def repaint_ground(x: Tensor, amount: Tensor, luck: Tensor) -> Tensor:
    """Pixels that look like the rim become a drawn colour with grain, `amount` of the way."""
    tint = TINT * (luck[:, : x.shape[1], None, None].to(x.dtype) - 0.5)
    colour = each(luck[:, 3]).to(x.dtype) + tint
    rough = COARSEST * each(luck[:, 4]).to(x.dtype)
    grain = normal(luck[:, 5:7], x.shape[-2] * x.shape[-1]).view(len(x), 1, *x.shape[-2:]).to(x.dtype)
    ground = (colour + rough * grain).clamp(0, 1)
    share = each(amount) * likeness(x)
    return (1 - share) * x + share * ground
