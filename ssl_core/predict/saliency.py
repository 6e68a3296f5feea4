"""Where a network looks: which pixels would move its answer (Simonyan et al. 2013; Smilkov et al. 2017)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Generator, Tensor, nn

SPREAD, SAMPLES = 0.15, 24  # noise and copies of SmoothGrad: Smilkov et al. 2017 suggest 10 to 20 % and up to 50
# Five points of the colour map "inferno" (van der Walt & Smith, CC0): its brightness rises evenly, for any eye.
INFERNO = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], dtype=float)


def gradient(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    """|∂ logit of `target` [B] / ∂ x|, the largest over channels, [B, H, W]; x is in 0..1, weights stay as they are."""
    x = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        score = model(x).gather(1, target[:, None]).sum()
        if not score.requires_grad:  # an answer that does not depend on the picture
            return torch.zeros_like(x[:, 0])
        (slope,) = torch.autograd.grad(score, x, allow_unused=True)
    return torch.zeros_like(x[:, 0]) if slope is None else slope.abs().amax(dim=1)


def smooth_gradient(
    model: nn.Module, x: Tensor, target: Tensor, generator: Generator, samples: int = SAMPLES, spread: float = SPREAD
) -> Tensor:
    """SmoothGrad: the mean of `gradient` over noisy copies of each picture, which blurs what single pixels do."""
    total = torch.zeros_like(x[:, 0])
    for _ in range(samples):
        noise = spread * torch.randn(x.shape, generator=generator)
        total += gradient(model, x + noise.to(x), target)
    return total / samples


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
