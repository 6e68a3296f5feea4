"""Two hidden layers: enough for points of a plane and for features that another network has made."""

from __future__ import annotations

from torch import Tensor, nn


def _layer(inside: int, outside: int) -> nn.Sequential:
    dense = nn.Linear(inside, outside, bias=False)  # the norm has one
    nn.init.kaiming_normal_(dense.weight, a=0.1, nonlinearity="leaky_relu")
    return nn.Sequential(dense, nn.BatchNorm1d(outside), nn.LeakyReLU(0.1, inplace=True))


class Mlp(nn.Module):
    """Vectors [B, length], of any scale, to logits [B, classes]."""

    def __init__(self, length: int, classes: int, width: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(_layer(length, width), _layer(width, width))
        self.head = nn.Linear(width, classes)

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees, [B, width]."""
        return self.body(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.features(x))
