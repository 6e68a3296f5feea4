"""Three convolutions: enough for 8×8 digits and 32×32 shapes, and fast on one processor core."""

from __future__ import annotations

from torch import Tensor, nn

from ssl_core.models.places import mean_over_places


def _layer(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(inside, outside, 3, stride, padding=1, bias=False)
    nn.init.kaiming_normal_(convolution.weight, a=0.1, mode="fan_out", nonlinearity="leaky_relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(outside), nn.LeakyReLU(0.1, inplace=True))


class SmallConvnet(nn.Module):
    """Pictures [B, channels, H, W] to logits [B, classes]; any side from 4 pixels up."""

    def __init__(self, channels: int, classes: int, width: int = 16, stem_stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _layer(channels, width, stem_stride),
            _layer(width, 2 * width, stride=2),
            _layer(2 * width, 4 * width),
        )
        self.head = nn.Linear(4 * width, classes)

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees, [B, 4·width]."""
        return mean_over_places(self.body(x))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.features(x))
