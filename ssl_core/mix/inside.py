"""Mixing seen through a network: where it looks, and mixing at a hidden layer."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ssl_core.mix.form import moment_exchange
from ssl_core.models.ask import evaluating, input_gradient


def salience(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """How much the loss moves with each pixel, [B, H, W]: |∂ cross-entropy / ∂x|, smoothed over 3×3.

    y are labels [B, L]; the weights' own gradients are not touched.
    """
    steep = input_gradient(model, x, lambda logits: -(y * torch.log_softmax(logits, dim=1)).sum())
    return F.avg_pool2d(steep.abs().sum(dim=1, keepdim=True), 3, stride=1, padding=1).squeeze(1)


def edges(x: Tensor) -> Tensor:
    """A stand-in for salience where there is no network: how steep the picture is at each pixel, [B, H, W]."""
    grey = F.pad(x.mean(dim=1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    across = (grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2]).abs()
    down = (grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]).abs()
    return F.avg_pool2d(across + down, 3, stride=1, padding=1).squeeze(1)


def hidden_layers(model: nn.Module) -> list[nn.Module]:
    """The layers between which features can be mixed, in order: the children of the network's body."""
    return list(model.body.children())


@contextmanager
def features_mixed(layer: nn.Module, partner: Tensor, change: Callable[[Tensor, Tensor], Tensor]) -> Iterator[None]:
    """While this is open, `layer` hands on change(h, h[partner]) instead of h."""

    def hook(_module: nn.Module, _given: tuple, h: Tensor) -> Tensor:
        return change(h, h[partner.to(h.device)])

    handle = layer.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def manifold_mixup(model: nn.Module, x: Tensor, partner: Tensor, lam: Tensor, layer: int) -> Tensor:
    """Logits [B, L] of a batch whose features are mixed by λ [B] after hidden layer `layer`; 0 mixes the pictures."""
    share = lam.to(x)[:, None, None, None]
    if layer == 0:
        return model(share * x + (1 - share) * x[partner.to(x.device)])
    with features_mixed(hidden_layers(model)[layer - 1], partner, lambda h, other: share * h + (1 - share) * other):
        return model(x)


def moment_exchanged(model: nn.Module, x: Tensor, partner: Tensor, layer: int = 1) -> Tensor:
    """Logits of a batch whose features take their partner's moments after hidden layer `layer`, 1 being the first."""
    with features_mixed(hidden_layers(model)[layer - 1], partner, moment_exchange):
        return model(x)


@torch.no_grad()
def hidden_strip(model: nn.Module, x1: Tensor, x2: Tensor, lam: Tensor, layer: int) -> Tensor:
    """Class probabilities [n, L] between two pictures [C, H, W] mixed after hidden layer `layer`, at every λ."""
    model = copy.deepcopy(model)  # visitors share a network: hooked, it would mix the pictures of all who ask meanwhile
    n = len(lam)
    x = torch.cat([x1.expand(n, -1, -1, -1), x2.expand(n, -1, -1, -1)])
    partner = torch.arange(2 * n).roll(n)
    with evaluating(model):
        logits = manifold_mixup(model, x, partner, torch.cat([lam, lam]), layer)
    return torch.softmax(logits[:n].float(), dim=1)
