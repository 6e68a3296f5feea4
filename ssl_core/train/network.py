"""The network that a run trains: from nothing, from weights that have seen pictures, or a head on features."""

from __future__ import annotations

from torch import nn

from ssl_core.data import Dataset
from ssl_core.features import card as features
from ssl_core.features.networks import begin, probe
from ssl_core.models import MODELS
from ssl_core.train.config import Config


def network_of(config: Config, data: Dataset) -> nn.Module:
    """The network before its first step; raises ValueError, one sentence, where it does not take these rows."""
    name, classes = config.training.model, len(data.card.classes)
    known = features.find(name)
    if known is None:
        return MODELS[name](data.card.channels, classes)
    if known.frozen != hasattr(data, "views"):
        raise ValueError(f"{name} trains on {'kept views' if known.frozen else 'pictures'}, not on these rows.")
    network = probe(name, classes) if known.frozen else begin(MODELS[name](data.card.channels, classes), name)
    network.dropout.share = config.training.dropout
    return network
