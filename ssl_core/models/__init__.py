"""Networks, by name: each is built by a function of a row's channels (or length) and of classes."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from ssl_core.models.mlp import Mlp
from ssl_core.models.small_convnet import SmallConvnet
from ssl_core.models.wide_resnet import WideResNet

MODELS: dict[str, Callable[[int, int], nn.Module]] = {
    "small_convnet": lambda channels, classes: SmallConvnet(channels, classes),
    "small_convnet_stride_2": lambda channels, classes: SmallConvnet(channels, classes, stem_stride=2),
    "wrn_28_2": lambda channels, classes: WideResNet(channels, classes, widen=2),
    "wrn_28_8": lambda channels, classes: WideResNet(channels, classes, widen=8),
    "wrn_37_2": lambda channels, classes: WideResNet(channels, classes, widen=2, stages=4),
    "mlp": lambda length, classes: Mlp(length, classes),
}
FOR_VECTORS = ("mlp",)  # the others are for pictures

__all__ = ["FOR_VECTORS", "MODELS", "Mlp", "SmallConvnet", "WideResNet"]
