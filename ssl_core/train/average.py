"""The moving average of the weights (EMA), which is what gets evaluated, and decoupled weight decay."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn


def kernels(model: nn.Module) -> Iterator[Tensor]:
    """Weights of convolutions and dense layers: what weight decay is for. Decided by type, not by name."""
    for module in model.modules():
        if isinstance(module, (nn.modules.conv._ConvNd, nn.Linear)):
            yield module.weight


class Average:
    """A shadow of a model: θ' ← d·θ' + (1−d)·θ after every step.

    `buffers` says what batch norm's running statistics do: "live" and "copy" take the current ones, "average"
    averages them too. With `warmup` the decay starts as (1+t)/(10+t).
    """

    def __init__(self, model: nn.Module, decay: float, buffers: str = "live", warmup: bool = False) -> None:
        self.shadow = copy.deepcopy(model).requires_grad_(False).eval()
        self.decay, self.warmup, self.buffers, self.updates = decay, warmup, buffers, 0
        live, mine = dict(model.named_buffers()), dict(self.shadow.named_buffers())
        averaged = [n for n, b in live.items() if buffers == "average" and b.is_floating_point()]
        # With "average" a counter is nobody's: the port that averages leaves it alone.
        copied = [n for n in live if buffers != "average"]
        self._from = [*model.parameters(), *(live[n] for n in averaged)]
        self._to = [*self.shadow.parameters(), *(mine[n] for n in averaged)]
        self._copies = [(mine[n], live[n]) for n in copied]

    @torch.no_grad()
    def update(self) -> None:
        """Take in the model's present weights."""
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates)) if self.warmup else self.decay
        torch._foreach_lerp_(self._to, self._from, 1 - decay)  # as torch.optim.swa_utils does
        for mine, live in self._copies:
            mine.copy_(live)
        self.updates += 1


@torch.no_grad()
def decay_after_step(model: nn.Module, rate: float, decayed: str = "kernels") -> None:
    """v ← v·(1 − rate) for the kernels, or for every floating number of the state (as one public port does)."""
    if decayed == "kernels":
        torch._foreach_mul_(list(kernels(model)), 1 - rate)
    else:
        torch._foreach_mul_([v for v in model.state_dict().values() if v.is_floating_point()], 1 - rate)
