"""Terms of a loss that several methods share, each said once."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

WEIGHTS = {"none": 0.0, "root": 0.5, "balanced": 1.0}  # by which power of its share a class weighs less


class Balance(NamedTuple):
    """What the labelled loss does about classes with unequally many labels; nothing where both are None."""

    shift: Tensor | None = None  # added to the logits of labelled rows, [L]
    weight: Tensor | None = None  # of each class, [L]; 1 on average over the labelled pictures


PLAIN = Balance()


def balance_of(counts: Tensor, weights: str, tau: float) -> Balance:
    """The balance for labelled pictures of each class, int64 [L]: a key of WEIGHTS, and τ of logit adjustment.

    The shift is τ · log π with π the share of the labels: the logit adjusted loss of Menon et al. 2021,
    arXiv:2007.07314, section 5. A weight is ∝ 1/π ("balanced") or 1/√π ("root"). A class without any label counts as
    if it had one. Equal counts are PLAIN: then either changes nothing.
    """
    counts = counts.clamp(min=1).float()
    if (counts == counts[0]).all():
        return PLAIN
    shift = tau * (counts / counts.sum()).log() if tau else None
    power = WEIGHTS[weights]
    weight = counts**-power if power else None
    if weight is not None:
        weight = weight * (counts.sum() / (counts * weight).sum())
    return Balance(shift, weight)


def labelled_loss(logits: Tensor, y: Tensor, balance: Balance = PLAIN, reduction: str = "mean") -> Tensor:
    """Cross-entropy of labelled rows [n, L] with classes y [n], or with rows of probabilities [n, L], balanced.

    Every method's labelled loss is this or, on blends, soft_cross_entropy. Weighted rows are divided by their number,
    not by their weight: a batch without a rare class is no reason to count its others more.
    """
    if balance.shift is not None:
        logits = logits + balance.shift
    if balance.weight is None:
        return F.cross_entropy(logits, y, reduction=reduction)
    each = F.cross_entropy(logits, y, weight=balance.weight.to(logits), reduction="none")
    return each.mean() if reduction == "mean" else each


def labelled_seen(logits: Tensor, y: Tensor, balance: Balance = PLAIN) -> dict[str, Tensor]:
    """What a watched step shows of its labelled rows: the answers, and each one's loss, whose mean is labelled_loss."""
    each = labelled_loss(logits, y, balance, reduction="none")
    return {"labelled_answers": logits.softmax(dim=1), "labelled_each": each}


def weights(*each: float) -> dict[str, Tensor]:
    """What a watched step shows of how its parts are added: the weight of each, in their order."""
    return {"weights": torch.tensor(each, dtype=torch.float64)}


def squared_difference(target: Tensor, logits: Tensor, reduction: str = "mean") -> Tensor:
    """Mean over samples and classes of (target − softmax(logits))² [n, L]; no gradient reaches the target.

    With the reduction "none", here and below, it is every sample's own [n].
    """
    squares = (target.detach() - torch.softmax(logits, dim=1)).square()
    return squares.mean() if reduction == "mean" else squares.mean(dim=1)


def soft_cross_entropy(target: Tensor, logits: Tensor, balance: Balance = PLAIN, reduction: str = "mean") -> Tensor:
    """Mean over rows of −Σ target · log softmax(logits), for labels that are rows of probabilities [n, L]."""
    if balance.shift is not None:
        logits = logits + balance.shift
    if balance.weight is not None:
        target = target * balance.weight.to(target)
    return _reduced(-(target * torch.log_softmax(logits, dim=1)).sum(dim=1), reduction)


def _reduced(each: Tensor, reduction: str) -> Tensor:
    return each.mean() if reduction == "mean" else each


def divergence(p_logits: Tensor, q_logits: Tensor, reduction: str = "mean") -> Tensor:
    """KL(p ‖ q), mean over rows, of two sets of logits [n, L]."""
    p, q = torch.log_softmax(p_logits, dim=1), torch.log_softmax(q_logits, dim=1)
    return _reduced((p.exp() * (p - q)).sum(dim=1), reduction)


def gated_divergence(target: Tensor, logits: Tensor, mask: Tensor, reduction: str = "mean") -> Tensor:
    """Mean over all rows of mask · KL(target ‖ softmax(logits)); target [n, L] are probabilities."""
    each = (torch.xlogy(target, target) - target * torch.log_softmax(logits, dim=1)).sum(dim=1)
    return _reduced(each * mask, reduction)


def entropy(logits: Tensor, reduction: str = "mean") -> Tensor:
    """Mean entropy of softmax(logits [n, L]), in nats."""
    log_p = torch.log_softmax(logits, dim=1)
    return _reduced(-(log_p.exp() * log_p).sum(dim=1), reduction)
