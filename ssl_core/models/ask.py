"""Asking a network: what it says, what its last layer sees, and which pixels its answer hangs on.

A question changes nothing: the network answers in evaluation mode and every layer goes back to the mode it was in.
Rows are uint8 pictures, taken as 0..1, or floats, taken as they are; answers are ordinary tensors that may be trained
on. NaN weights give NaN answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Generator, Tensor, nn

AT_ONCE = 500  # rows in a batch: many small ones cost time, large ones memory
USUAL, FEWEST = 32, 16  # pixels a side of the pictures that this is meant for; rows in a batch of much larger ones
SPREAD, SAMPLES = 0.15, 24  # noise and copies of SmoothGrad: Smilkov et al. 2017 suggest 10 to 20 % and up to 50


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The network in evaluation mode while this is open."""
    modes = [(layer, layer.training) for layer in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for layer, training in modes:
            layer.training = training


@torch.no_grad()
def logits(model: nn.Module, rows: Tensor, at_once: int = AT_ONCE) -> Tensor:
    """What the last layer hands out before the softmax, [N, L] float32."""
    return _by_batches(model, model, rows, at_once).float()


@torch.no_grad()
def probabilities(model: nn.Module, rows: Tensor, at_once: int = AT_ONCE) -> Tensor:
    """Class probabilities [N, L], float32."""
    return torch.softmax(logits(model, rows, at_once), dim=1)


@torch.no_grad()
def features(model: nn.Module, rows: Tensor, at_once: int = AT_ONCE) -> Tensor:
    """What the last layer sees of the rows, [N, D]."""
    return _by_batches(model, model.features, rows, at_once)


def _by_batches(model: nn.Module, question: Callable[[Tensor], Tensor], rows: Tensor, at_once: int) -> Tensor:
    with evaluating(model):
        return torch.cat([question(as_input(part)) for part in rows.split(_fitting(model, at_once))])


def _fitting(model: nn.Module, at_once: int) -> int:
    """So many rows as have the pixels of `at_once` usual ones, for a network that enlarges what it sees."""
    side = getattr(model, "side", USUAL)
    return min(at_once, max(FEWEST, at_once * USUAL**2 // side**2))


def as_input(rows: Tensor) -> Tensor:
    """What a network is shown of rows: uint8 pictures as numbers in 0..1, floats as they are, float32."""
    return rows.float() / 255 if rows.dtype == torch.uint8 else rows.float()


def input_gradient(model: nn.Module, x: Tensor, score: Callable[[Tensor], Tensor]) -> Tensor:
    """∂ score(logits) / ∂x, the shape of x; zeros where the answer does not depend on x.

    The weights and their gradients are left alone.
    """
    x = x.detach().clone().requires_grad_()
    with evaluating(model), torch.enable_grad():
        total = score(model(x))
        if not total.requires_grad:
            return torch.zeros_like(x)
        (gradient,) = torch.autograd.grad(total, x, allow_unused=True)
    return torch.zeros_like(x) if gradient is None else gradient


def saliency(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    """|∂ logit of `target` [B] / ∂ x|, the largest over channels, [B, H, W]; x is in 0..1 (Simonyan et al. 2013)."""
    return input_gradient(model, x, lambda answer: answer.gather(1, target[:, None]).sum()).abs().amax(dim=1)


def smooth_saliency(
    model: nn.Module, x: Tensor, target: Tensor, generator: Generator, samples: int = SAMPLES, spread: float = SPREAD
) -> Tensor:
    """SmoothGrad (Smilkov et al. 2017): mean of `saliency` over noisy copies of each picture, [B, H, W]."""
    total = torch.zeros_like(x[:, 0])
    for _ in range(samples):
        noise = spread * torch.randn(x.shape, generator=generator)
        total += saliency(model, x + noise.to(x), target)
    return total / samples
