"""Wide residual network (Zagoruyko 2016) as the FixMatch reference builds it, first block included.

The public PyTorch ports throw the activated input of stages 2 and 3's first block away, so that its batch norm
never learns; here only the shortcut of those blocks takes the raw input, as in the reference.
"""

from __future__ import annotations

import math

import torch.nn.functional as F
from torch import Tensor, nn

from ssl_core.models.places import mean_over_places


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)  # eps of the reference; momentum is torch's, fit for short runs


def _convolution(inside: int, outside: int, kernel: int, stride: int, bias: bool) -> nn.Conv2d:
    layer = nn.Conv2d(inside, outside, kernel, stride, padding=kernel // 2, bias=bias)
    nn.init.normal_(layer.weight, 0, math.sqrt(2 / (kernel * kernel * outside)))
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    """Norm, activate, convolve, twice, added to the input; a 1×1 shortcut where the width changes."""

    def __init__(self, inside: int, outside: int, stride: int, bias: bool, activate_shortcut: bool) -> None:
        super().__init__()
        self.norm1, self.convolution1 = _norm(inside), _convolution(inside, outside, 3, stride, bias)
        self.norm2, self.convolution2 = _norm(outside), _convolution(outside, outside, 3, 1, bias)
        self.shortcut = _convolution(inside, outside, 1, stride, bias) if inside != outside else None
        self.activate_shortcut = activate_shortcut

    def forward(self, x: Tensor) -> Tensor:
        """[B, inside, H, W] to [B, outside, H/stride, W/stride]."""
        active = F.leaky_relu(self.norm1(x), 0.1)
        kept = active if self.activate_shortcut else x
        if self.shortcut is not None:
            kept = self.shortcut(kept)
        return kept + self.convolution2(F.leaky_relu(self.norm2(self.convolution1(active)), 0.1))


class WideResNet(nn.Module):
    """WRN-28-k has three stages of four blocks, WRN-37-k four; logits [B, classes]."""

    def __init__(
        self, channels: int, classes: int, widen: int = 2, stages: int = 3, blocks: int = 4, conv_bias: bool = True
    ) -> None:
        super().__init__()
        self.stem = _convolution(channels, 16, 3, 1, conv_bias)
        body, inside = [], 16
        for stage in range(stages):
            outside = 16 * widen * 2**stage
            for block in range(blocks):
                stride = 2 if stage and not block else 1
                body.append(Block(inside, outside, stride, conv_bias, activate_shortcut=not stage and not block))
                inside = outside
        self.body = nn.Sequential(*body)
        self.norm = _norm(inside)
        self.head = nn.Linear(inside, classes)
        nn.init.xavier_normal_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def features(self, x: Tensor) -> Tensor:
        """Global mean of the last activated map, [B, width]."""
        return mean_over_places(F.leaky_relu(self.norm(self.body(self.stem(x))), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.features(x))
