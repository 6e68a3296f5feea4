"""What two adversaries lose: Goodfellow et al. 2014 (arXiv:1406.2661) and what came after, and the R1 penalty.

Everywhere an opinion is a logit [B], above 0 for "real"; a target of 1 means real and 0 made. Keras' DCGAN and the
survey's code count the other way round: made is 1 there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

LOSSES = ("cross-entropy", "hinge", "least squares", "minimax")


class Targets(NamedTuple):
    """What the discriminator is told of real and of made pictures, each [B]."""

    real: Tensor
    made: Tensor


def draw_targets(n: int, smoothing: float, noise: float, generator: Generator) -> Targets:
    """1 − s − εU for real pictures and −εU for made ones, U uniform in 0..1.

    `smoothing` s is one-sided (Salimans et al. 2016, arXiv:1606.03498, section 3.4). `noise` ε is that of Keras'
    DCGAN and of the survey: there both labels are raised, which in our direction lowers both.
    """
    low = noise * torch.rand(2, n, generator=generator)
    return Targets(1 - smoothing - low[0], -low[1])


def discriminator_loss(loss: str, of_real: Tensor, of_made: Tensor, targets: Targets) -> Tensor:
    """What the discriminator loses, for its opinions of real and of made pictures.

    "hinge" (Lim & Ye 2017, arXiv:1705.02894) has no targets: it asks for a margin of 1 on either side.
    """
    if loss == "hinge":
        return F.relu(1 - of_real).mean() + F.relu(1 + of_made).mean()
    if loss == "least squares":  # Mao et al. 2017, arXiv:1611.04076
        return ((of_real - targets.real) ** 2).mean() + ((of_made - targets.made) ** 2).mean()
    return F.binary_cross_entropy_with_logits(of_real, targets.real) + F.binary_cross_entropy_with_logits(
        of_made, targets.made
    )


def generator_loss(loss: str, of_made: Tensor) -> Tensor:
    """What the generator loses when the discriminator has that opinion of its pictures."""
    if loss == "hinge":
        return -of_made.mean()
    if loss == "least squares":
        return ((of_made - 1) ** 2).mean()
    if loss == "minimax":  # log(1 − D): flat where the discriminator is sure, which is why nobody trains with it
        return -F.softplus(of_made).mean()
    return F.softplus(-of_made).mean()  # −log D, the non-saturating loss


def gradient_penalty(discriminator: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """R1 without its weight: ½·E‖∇ₓD(x)‖² over real pictures (Mescheder et al. 2018, arXiv:1801.04406, equation 9).

    `discriminator` maps [B, …] to opinions [B]; the penalty can be learned from, so the gradient is taken twice.
    """
    x = real.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(x).sum(), x, create_graph=True)
    return gradient.pow(2).flatten(1).sum(dim=1).mean() / 2
