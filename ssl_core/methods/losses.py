"""Terms of a loss that several methods share, each said once."""

from __future__ import annotations

import torch
from torch import Tensor


def squared_difference(target: Tensor, logits: Tensor) -> Tensor:
    """Mean over samples and classes of (target − softmax(logits))² [n, L]; no gradient reaches the target."""
    return (target.detach() - torch.softmax(logits, dim=1)).square().mean()


def soft_cross_entropy(target: Tensor, logits: Tensor) -> Tensor:
    """Mean over rows of −Σ target · log softmax(logits), for labels that are rows of probabilities [n, L]."""
    return -(target * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


def divergence(p_logits: Tensor, q_logits: Tensor) -> Tensor:
    """KL(p ‖ q), mean over rows, of two sets of logits [n, L]."""
    p, q = torch.log_softmax(p_logits, dim=1), torch.log_softmax(q_logits, dim=1)
    return (p.exp() * (p - q)).sum(dim=1).mean()


def gated_divergence(target: Tensor, logits: Tensor, mask: Tensor) -> Tensor:
    """Mean over all rows of mask · KL(target ‖ softmax(logits)); target [n, L] are probabilities."""
    each = (torch.xlogy(target, target) - target * torch.log_softmax(logits, dim=1)).sum(dim=1)
    return (each * mask).mean()


def entropy(logits: Tensor) -> Tensor:
    """Mean entropy of softmax(logits [n, L]), in nats."""
    log_p = torch.log_softmax(logits, dim=1)
    return -(log_p.exp() * log_p).sum(dim=1).mean()


def certain(target: Tensor) -> dict[str, Tensor]:
    """What the chart shows of targets [n, L] that are all learned: the class each favours."""
    return {"pseudo": target.argmax(dim=1), "mask": torch.ones(len(target), device=target.device)}
