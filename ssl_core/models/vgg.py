"""VGG-19's convolutions (Simonyan & Zisserman 2015, arXiv:1409.1556), as style transfer looks through them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

UP_TO = 29  # the layer of torchvision's `features` that is relu5_1
PART = "features."  # what the names of convolutions begin with in torchvision's file


def convolutions(published: Any) -> nn.Sequential:
    """The layers up to relu5_1 with the tensors of torchvision's file, averages in place of maxima.

    "Replacing max pooling by average pooling yields slightly more appealing results" (Gatys et al. 2016, section 2).
    Raises ValueError, one sentence, for any other file.
    """
    from torchvision.models import vgg19  # seconds to import, and only for who asks

    with torch.device("meta"):  # 548 MB are not drawn at random first
        layers = vgg19(weights=None).features[: UP_TO + 1]
    try:
        state = {name: published[PART + name] for name in layers.state_dict()}
        layers.load_state_dict(state, assign=True)
    except (KeyError, TypeError, RuntimeError, AttributeError):
        raise ValueError("its tensors are others.") from None
    for place, layer in enumerate(layers):
        if isinstance(layer, nn.MaxPool2d):
            layers[place] = nn.AvgPool2d(2)
        elif isinstance(layer, nn.ReLU):
            layer.inplace = False  # a map that was handed out stays
    return layers.float()
