"""What the partner looks like when it arrives: as it is, shrunk, as its mere statistics, greyed out, or as chains."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ssl_core.mix.mask import Chance, paste_box

CHAINS, DEPTH = 3, 3  # AugMix, Hendrycks et al. 2020, section 3: width 3, depth 1 to 3
GREY = 0.5

Chain = Callable[[Tensor, Generator], Tensor]  # one random operation a picture


def shrunk(x2: Tensor, lam: Tensor, chance: Chance) -> Tensor:
    """The whole partner inside its frame, 0 elsewhere; box-averaged, so that no row of it is dropped."""
    height, width = x2.shape[-2:]
    out = torch.zeros_like(x2)
    for row, (x1, y1, far, low) in enumerate(paste_box(lam, chance, (height, width)).tolist()):
        if far > x1 and low > y1:  # every frame has a size of its own, so there is no batched way
            out[row : row + 1, :, y1:low, x1:far] = F.adaptive_avg_pool2d(x2[row : row + 1], (low - y1, far - x1))
    return out


def moments(x: Tensor, over: tuple[int, ...] = (1,), epsilon: float = 1e-5) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation over some axes of [B, C, H, W], kept as axes of length 1."""
    mean = x.mean(dim=over, keepdim=True)
    return mean, (x.var(dim=over, unbiased=False, keepdim=True) + epsilon).sqrt()


def moment_exchange(x1: Tensor, x2: Tensor, over: tuple[int, ...] = (1,)) -> Tensor:
    """The first features with the partner's moments; MoEx, Li et al. 2021, equation 4.

    Over channels at every position (PONO) by default; pictures with one channel have none to average over, so
    there the moments are those of the whole picture.
    """
    if over == (1,) and x1.shape[1] == 1:
        over = (1, 2, 3)
    (mean1, deviation1), (mean2, deviation2) = moments(x1, over), moments(x2, over)
    return (x1 - mean1) / deviation1 * deviation2 + mean2


def draw_chains(count: int, generator: Generator) -> Chance:
    """Dirichlet(1, 1, 1) weights and depths of the chains, and a seed for their operations."""
    weight = -torch.rand(count, CHAINS, generator=generator).clamp(min=1e-12).log()
    return {
        "weight": weight / weight.sum(dim=1, keepdim=True),
        "depth": torch.randint(1, DEPTH + 1, (count, CHAINS), generator=generator),
        "seed": torch.randint(2**62, (1,), generator=generator),
    }


def chained(x: Tensor, chance: Chance, chain: Chain) -> Tensor:
    """Σ wₖ · chainₖ(x): every picture goes through its own chains of one to three operations."""
    generator = Generator().manual_seed(int(chance["seed"][0]))
    total = torch.zeros_like(x)
    for k in range(CHAINS):
        walked = x
        for step in range(DEPTH):
            on = (chance["depth"][:, k] > step).to(x.device)[:, None, None, None]
            walked = torch.where(on, chain(walked, generator), walked)
        total += chance["weight"][:, k].to(x)[:, None, None, None] * walked
    return total
