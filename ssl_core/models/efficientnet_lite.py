"""EfficientNet-Lite0 (Tan & Le 2019, arXiv:1905.11946; the Lite variant of 2020, made for phones).

Layers are named as in the published weights file, so that its 296 tensors are taken as they are. Lite means no
squeeze-and-excite and ReLU6 throughout. A convolution's border is TensorFlow's "same": what a stride does not divide
goes to the right and the bottom, which a network that was trained there has learned to expect.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH = 1280  # numbers that the last layer sees
# Blocks in a row: how many, kernel, stride of the first, how much wider inside, channels that come out.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))  # fmt: skip  # noqa: E501


class SameConv2d(nn.Conv2d):
    """A convolution without bias whose output has ceil(side / stride) pixels a side."""

    def __init__(self, inside: int, outside: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inside, outside, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, inside, H, W] to [B, outside, ceil(H / stride), ceil(W / stride)]."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        over = [max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[-2:]]
        if all(total % 2 == 0 for total in over):  # even on both sides: the kernel itself can do it
            return F.conv2d(x, self.weight, self.bias, stride, (over[0] // 2, over[1] // 2), 1, self.groups)
        top, left = over[0] // 2, over[1] // 2
        x = F.pad(x, [left, over[1] - left, top, over[0] - top])
        return F.conv2d(x, self.weight, self.bias, stride, 0, 1, self.groups)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class LiteBlock(nn.Module):
    """Widen, look at each channel by itself, narrow; added to the input where the shape stays."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        middle, self.adds = inside * expand, stride == 1 and inside == outside
        self.expands = expand != 1
        if self.expands:
            self._expand_conv, self._bn0 = SameConv2d(inside, middle), _norm(middle)
        self._depthwise_conv, self._bn1 = SameConv2d(middle, middle, kernel, stride, groups=middle), _norm(middle)
        self._project_conv, self._bn2 = SameConv2d(middle, outside), _norm(outside)

    def forward(self, x: Tensor) -> Tensor:
        """[B, inside, H, W] to [B, outside, H/stride, W/stride]."""
        wide = F.relu6(self._bn0(self._expand_conv(x)), inplace=True) if self.expands else x
        wide = F.relu6(self._bn1(self._depthwise_conv(wide)), inplace=True)
        narrow = self._bn2(self._project_conv(wide))
        return x + narrow if self.adds else narrow


class EfficientNetLite(nn.Module):
    """Pictures [B, 3, H, W] in 0..1 to features [B, 1280], or to logits of ImageNet's 1,000 classes."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = SameConv2d(3, 32, 3, 2), _norm(32)
        blocks, inside = [], 32
        for count, kernel, stride, expand, outside in STAGES:
            for number in range(count):
                blocks.append(LiteBlock(inside, outside, kernel, 1 if number else stride, expand))
                inside = outside
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = SameConv2d(inside, WIDTH), _norm(WIDTH)
        self._fc = nn.Linear(WIDTH, classes) if classes else None

    def maps(self, x: Tensor) -> Iterator[Tensor]:
        """The map behind the first convolution [B, 32, H/2, W/2], then behind each of the sixteen blocks."""
        x = (x * 255 - 127) / 128  # as it was trained
        yield (x := F.relu6(self._bn0(self._conv_stem(x)), inplace=True))
        for block in self._blocks:
            yield (x := block(x))

    def features(self, x: Tensor) -> Tensor:
        """Mean over space of the last activated map, [B, 1280]."""
        last = deque(self.maps(x), maxlen=1).pop()  # the others are let go
        return F.relu6(self._bn1(self._conv_head(last)), inplace=True).mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Logits; raises TypeError for a network without a last layer."""
        return self._fc(self.features(x))


def folded(model: EfficientNetLite) -> EfficientNetLite:
    """The same network, made to answer only: each batch norm is multiplied into the convolution before it."""
    from torch.nn.utils.fusion import fuse_conv_bn_weights

    pairs = [(model, "_conv_stem", "_bn0"), (model, "_conv_head", "_bn1")]
    for block in model._blocks:
        names = [("_expand_conv", "_bn0")] * block.expands + [("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
        pairs += [(block, *pair) for pair in names]
    with torch.no_grad():
        for owner, conv, norm in pairs:
            layer, bn = getattr(owner, conv), getattr(owner, norm)
            layer.weight, layer.bias = fuse_conv_bn_weights(
                layer.weight, layer.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
            )
            setattr(owner, norm, nn.Identity())
    return model.eval()
