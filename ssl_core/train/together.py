"""One run in several processes, each on a share of the rows: what they learn is what one process learns of all rows.

Every process draws the whole batch of a step (chance.py: all chance follows from seed and step), asks the network for
its own share of the rows, and gets everybody's answers back. So a method sees the whole batch, whatever it does with
it: mixing partners, moving thresholds and means over the batch are exactly those of one process. Three things cross:
answers, gradients of the weights, and the sums of batch norm (`Norm`). Weights stay equal bit by bit everywhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from ssl_core.models.pretrained import Dropout


class Together:
    """The processes of a run, as one of them sees them; `group` is a torch.distributed process group, None if alone."""

    def __init__(self, group: Any = None) -> None:
        self.group = group
        self.rank, self.size = (group.rank(), group.size()) if group else (0, 1)
        self.rows = 0  # of the question that is being asked; 0 outside of one
        self.begun = False

    @property
    def share(self) -> slice:
        """Our rows of the question that is being asked."""
        return slice(self.rows * self.rank // self.size, self.rows * (self.rank + 1) // self.size)

    def add(self, numbers: Tensor) -> Tensor:
        """Everybody's numbers, added up in place; the same bits everywhere."""
        if self.group:
            self.group.allreduce([numbers]).wait()
        return numbers

    def agree(self, number: int) -> int:
        """What the first process says, which is what counts."""
        return int(self.add(torch.tensor(number if self.rank == 0 else 0))) if self.group else number

    def begin(self) -> bool:
        """Whether the others are to learn with the first one: it says so here, or in `dismiss`."""
        self.begun = True
        return bool(self.agree(1))

    def dismiss(self) -> None:
        """Of the first one: the others, if they still wait for its beginning, may go."""
        if not self.begun:
            self.agree(0)

    @torch.no_grad()
    def begin_alike(self, tensors: Iterable[Tensor]) -> None:
        """Take over what the first process has: chance of a kernel must not tell them apart."""
        for tensor in tensors if self.group else ():
            whole = tensor.detach().to("cpu", torch.float64 if tensor.is_floating_point() else torch.int64)
            tensor.copy_(self.add(whole if self.rank == 0 else torch.zeros_like(whole)))

    def split(self, network: nn.Module) -> None:
        """From now on a question to this network is asked in shares, and batch norm and dropout in it are the whole's.

        Names, weights and what is saved stay as they were.
        """
        if not self.group:
            return
        for layer in network.modules():
            for kind, ours in ((nn.modules.batchnorm._BatchNorm, Norm), (Dropout, Hiding)):
                if isinstance(layer, kind) and not isinstance(layer, ours):
                    layer.__class__ = type(type(layer).__name__, (ours, type(layer)), {"together": self})
        for name in ("forward", "features"):
            if hasattr(network, name):
                setattr(network, name, self._in_shares(network, getattr(network, name)))

    def _in_shares(self, network: nn.Module, question: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def ask(*rows: Tensor) -> Tensor:
            if self.rows or self.size == 1:
                return question(*rows)
            with self._asking(len(rows[0])):
                mine = [_Share.apply(part, self) if part.requires_grad else part[self.share] for part in rows]
                if not torch.is_grad_enabled():
                    return _Whole.apply(question(*mine), self)
                names = [name for name, weight in network.named_parameters() if weight.requires_grad]
                weights = _Weights.apply(self, *(network.get_parameter(name) for name in names))
                answers = torch.func.functional_call(
                    _Asked(network, question), {f"network.{name}": w for name, w in zip(names, weights, strict=True)},
                    tuple(mine),
                )  # fmt: skip
                return _Whole.apply(answers, self)

        return ask

    @contextlib.contextmanager
    def _asking(self, rows: int) -> Iterator[None]:
        self.rows = rows
        try:
            yield
        finally:
            self.rows = 0

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Inside, networks answer this process alone: what only one of them asks must not wait for the others."""
        size, self.size = self.size, 1
        try:
            yield
        finally:
            self.size = size


ALONE = Together()


class _Asked(nn.Module):
    """A question to a network in the form that takes other weights for its own."""

    def __init__(self, network: nn.Module, question: Callable[..., Tensor]) -> None:
        super().__init__()
        self.network, self.question = network, question

    def forward(self, *rows: Tensor) -> Tensor:
        return self.question(*rows)


class _Share(torch.autograd.Function):
    """Our rows of x; their gradients are everybody's, put together again."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, together: Together) -> Tensor:
        ctx.together, ctx.share, ctx.shape = together, together.share, x.shape
        return x[together.share].clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        whole = gradient.new_zeros(ctx.shape)
        whole[ctx.share] = gradient
        return ctx.together.add(whole), None


class _Whole(torch.autograd.Function):
    """Everybody's rows, in their order; each has the gradients of its own."""

    @staticmethod
    def forward(ctx: Any, mine: Tensor, together: Together) -> Tensor:
        ctx.share = together.share
        whole = mine.new_zeros((together.rows, *mine.shape[1:]))
        whole[together.share] = mine
        return together.add(whole)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient[ctx.share], None


class _Weights(torch.autograd.Function):
    """The weights as they are; their gradients are the sum of what everybody's rows ask for."""

    @staticmethod
    def forward(ctx: Any, together: Together, *weights: Tensor) -> tuple[Tensor, ...]:
        ctx.together, ctx.likes = together, weights
        return tuple(weight.view_as(weight) for weight in weights)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        total = ctx.together.add(torch.cat([gradient.reshape(-1) for gradient in gradients]))
        parts = total.split([like.numel() for like in ctx.likes])
        return None, *(part.view(like.shape) for part, like in zip(parts, ctx.likes, strict=True))


class _Total(torch.autograd.Function):
    """Σ over all processes, of which each one's summand has the gradients of all."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, together: Together) -> Tensor:
        ctx.together = together
        return together.add(x.clone())

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.together.add(gradient.clone()), None


class Norm:
    """Batch norm by mean and variance of the whole batch; a share of it, or evaluation, is as it always was."""

    together: Together

    def forward(self: Any, x: Tensor) -> Tensor:
        """x [rows of ours, channels, ...], normalised."""
        if not self.training or not self.together.rows or self.together.size == 1:
            return super().forward(x)
        wide = x.float() if x.dtype in (torch.bfloat16, torch.float16) else x
        dims, shape = [0, *range(2, x.dim())], [1, -1] + [1] * (x.dim() - 2)
        count = self.together.rows * x[:1].shape[2:].numel()
        mean = _Total.apply(wide.sum(dims), self.together) / count
        centred = wide - mean.view(shape)
        variance = _Total.apply(centred.square().sum(dims), self.together) / count
        if self.track_running_stats:
            self._remember(mean.detach(), variance.detach() * count / max(count - 1, 1))
        scale = torch.rsqrt(variance + self.eps) * self.weight
        return (centred * scale.view(shape) + self.bias.view(shape)).to(x.dtype)

    def _remember(self: Any, mean: Tensor, variance: Tensor) -> None:
        self.num_batches_tracked.add_(1)
        share = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean.to(self.running_mean), share)
        self.running_var.lerp_(variance.to(self.running_var), share)


class Hiding:
    """Dropout that hides in our rows what one process would hide in them."""

    together: Together

    def drawn(self: Any, shape: torch.Size, generator: torch.Generator) -> Tensor:
        """A number in 0..1 for each of ours."""
        if not self.together.rows or self.together.size == 1:
            return super().drawn(shape, generator)
        return super().drawn(torch.Size((self.together.rows, *shape[1:])), generator)[self.together.share]
