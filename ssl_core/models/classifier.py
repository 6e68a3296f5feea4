"""A classifier of torchvision without its last layer: its pictures prepared as its weights' own card says."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ssl_core.models.pretrained import HIDDEN, OnPictures
from ssl_core.models.state import take_state
from ssl_core.zoo import SMALL_HEAD, body

CLASSES = 1000  # of ImageNet
ASIDE = ("aux1.", "aux2.", "AuxLogits.")  # heads that only its first training had


class Classifier(nn.Module):
    """RGB pictures [B, 3, side, side] in 0..1 to what the last layer of torchvision's `name` sees, [B, width].

    Nothing in it is drawn by chance while it trains, so that a resumed run is the run that was never stopped.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        from torchvision import models  # seconds to import, and only for who asks

        preset = models.get_model_weights(name).DEFAULT.transforms()
        self.side = preset.crop_size[0]
        self.net = models.get_model(name, weights=None, **_options(name, self.side))
        self.width, self.last = _behead(self.net)
        for layer in self.net.modules():
            if isinstance(layer, (nn.Dropout, nn.Dropout2d)) or type(layer).__name__ == "StochasticDepth":
                layer.p = 0.0
        self.register_buffer("mean", torch.tensor(preset.mean).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(preset.std).view(3, 1, 1), persistent=False)

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees."""
        return self.net((x - self.mean) / self.deviation).flatten(1)

    def take(self, published: Any) -> Classifier:
        """The same with the tensors of torchvision's file; raises ValueError, one sentence, for any other."""
        modes = [(layer, layer.training) for layer in self.net.modules()]
        take_state(self.net, _own(published, self.last, self.net.state_dict()))
        for layer, training in modes:
            layer.training = training
        return self


def on_pictures(model: str, channels: int, classes: int) -> OnPictures:
    """The network by its name in MODELS: the classifier, or with _tuned or _mlp behind it; takes 1 or 3 channels."""
    seen = Classifier(body(model))
    return OnPictures(seen, seen.width, classes, seen.side, HIDDEN if model.endswith(SMALL_HEAD) else 0)


def _options(name: str, side: int) -> dict[str, Any]:
    if name.startswith("vit_"):
        return {"image_size": side}
    if name in ("googlenet", "inception_v3"):  # their weights expect Inception's own scaling after ImageNet's
        return {"transform_input": True, "aux_logits": False, "init_weights": False}
    return {}


def _behead(net: nn.Module) -> tuple[int, str]:
    """Take the layer of 1,000 classes away; returns what it saw and where it stood."""
    layers = {name: layer for name, layer in net.named_modules() if isinstance(layer, (nn.Linear, nn.Conv2d))}
    name, last = next((n, layer) for n, layer in reversed(layers.items()) if layer.weight.shape[0] == CLASSES)
    if isinstance(last, nn.Conv2d):  # SqueezeNet's classes are a convolution, averaged afterwards
        net.classifier = nn.AdaptiveAvgPool2d(1)
        return last.in_channels, name
    owner, _, place = name.rpartition(".")
    setattr(net.get_submodule(owner), place, nn.Identity())
    return last.in_features, name


def _own(published: Any, last: str, wanted: dict[str, Tensor]) -> Any:
    """Of a published file what a beheaded network takes, in today's names."""
    if not isinstance(published, dict) or not all(isinstance(name, str) for name in published):
        return published  # taking it says what is wrong
    state = {_today(name): value for name, value in published.items() if not name.startswith((f"{last}.", *ASIDE))}
    counters = {name: value for name, value in wanted.items() if name.endswith("num_batches_tracked")}
    return counters | state  # files from before 2018 have no counters


def _today(name: str) -> str:
    """DenseNet's files write norm.1 where its layers are called norm1 now."""
    if "denselayer" in name:
        for part in ("norm", "conv"):
            name = name.replace(f".{part}.1.", f".{part}1.").replace(f".{part}.2.", f".{part}2.")
    return name
