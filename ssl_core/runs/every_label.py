"""The network with every label of a data set, wherever it comes from: shipped, or a finished run of the store."""

from __future__ import annotations

from torch import nn

from ssl_core.data import Card
from ssl_core.generate.every_label import shipped
from ssl_core.runs.origin import origin_of, same_origin
from ssl_core.runs.store import Run, Store
from ssl_core.runs.trained import load_trained

METHOD = "supervised"


def every_label(store: Store, card: Card) -> nn.Module | None:
    """Who judges pictures made for a data set, in evaluation mode; None where nobody has learned that much yet."""
    if network := shipped(card):
        return network
    for run in reversed(store.of_kind(card.name, METHOD, card.known)):
        if network := _trained(run, card):
            return network
    return None


def lacking(card: Card) -> str:
    """What to do where there is none, one sentence."""
    return (
        f"No network here has learned with every label of {card.title} yet, so nobody can judge what is made: train "
        f"{METHOD} with {card.known:,} labels once."
    )


def _trained(run: Run, card: Card) -> nn.Module | None:
    if run.state != "done" or not same_origin(run.config, origin_of(card.name)):
        return None
    try:
        return load_trained(run)[1].eval()
    except ValueError:  # damaged, or of another version: an older one may do
        return None
