"""What turns the weights: SGD or Adam, by a run's knobs."""

from __future__ import annotations

from typing import Any

import torch

from ssl_core.train.average import kernels


def make_optimizer(model: torch.nn.Module, config: Any) -> torch.optim.Optimizer:
    """Nesterov SGD with weight decay on kernels alone, or Adam; `config` is a Training."""
    l2 = config.weight_decay if config.decay == "l2" else 0.0
    if config.decayed == "all":
        groups = [{"params": list(model.parameters()), "weight_decay": l2}]
    else:
        heavy = list(kernels(model))
        names = {id(p) for p in heavy}
        light = [p for p in model.parameters() if id(p) not in names]
        groups = [{"params": heavy, "weight_decay": l2}, {"params": light, "weight_decay": 0.0}]
    fused = next(model.parameters()).device.type in ("cpu", "cuda")
    if config.optimizer == "adam":
        return torch.optim.Adam(groups, lr=config.lr, fused=fused)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum, nesterov=config.momentum > 0, fused=fused)
