"""Networks, by name: each is built by a function of a row's channels (or length) and of classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import nn

from ssl_core import zoo
from ssl_core.models.classifier import on_pictures
from ssl_core.models.efficientnet_lite import WIDTH, EfficientNetLite
from ssl_core.models.mlp import Mlp
from ssl_core.models.pretrained import HIDDEN, OnPictures, Probe
from ssl_core.models.small_convnet import SmallConvnet
from ssl_core.models.wide_resnet import WideResNet

LITE_SIDE = 112  # pixels of a picture as EfficientNet-Lite0 sees it here; it was trained with 224

MODELS: dict[str, Callable[[int, int], nn.Module]] = {
    "small_convnet": lambda channels, classes: SmallConvnet(channels, classes),
    "small_convnet_stride_2": lambda channels, classes: SmallConvnet(channels, classes, stem_stride=2),
    "wrn_28_2": lambda channels, classes: WideResNet(channels, classes, widen=2),
    "wrn_28_8": lambda channels, classes: WideResNet(channels, classes, widen=8),
    "wrn_37_2": lambda channels, classes: WideResNet(channels, classes, widen=2, stages=4),
    "mlp": lambda length, classes: Mlp(length, classes),
    # Networks that have seen other pictures; their weights are put in by ssl_core/features.
    "efficientnet_lite0": lambda channels, classes: OnPictures(EfficientNetLite(0), WIDTH, classes, LITE_SIDE),
    "efficientnet_lite0_mlp": lambda channels, classes: OnPictures(
        EfficientNetLite(0), WIDTH, classes, LITE_SIDE, HIDDEN
    ),
    "efficientnet_lite0_tuned": lambda channels, classes: OnPictures(EfficientNetLite(0), WIDTH, classes, LITE_SIDE),
}


class Networks(dict[str, Callable[[int, int], nn.Module]]):
    """The networks above, and by name any classifier of torchvision: as it is, with _mlp or with _tuned behind it."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or bool(zoo.body(name))

    def __missing__(self, name: str) -> Callable[[int, int], nn.Module]:
        if not zoo.body(name):
            raise KeyError(name)
        return partial(on_pictures, name)


MODELS = Networks(MODELS)
FOR_VECTORS = ("mlp",)  # the others are for pictures

__all__ = ["FOR_VECTORS", "MODELS", "Mlp", "OnPictures", "Probe", "SmallConvnet", "WideResNet"]
