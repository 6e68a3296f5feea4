"""The methods, by name. A new one is one file here and one line in ssl_core/method_cards.py."""

from __future__ import annotations

from importlib import import_module

from ssl_core.method_cards import CARDS, MethodCard
from ssl_core.methods.contract import Batch, Method, State, Step, TrainingSet


def method_class(name: str, card: MethodCard) -> type[Method]:
    """The class of a card, titled as the card says; raises ValueError, one sentence, if it is not there."""
    module, class_name = card.home(name)
    try:
        method = getattr(import_module(module), class_name)
    except (ModuleNotFoundError, AttributeError) as wrong:
        if getattr(wrong, "name", module) not in (module, class_name):
            raise  # the file is there, and something it needs is not
        raise ValueError(f"The card of {name} names a class {class_name} in {module}, which is not there.") from None
    method.title = card.title
    return method


METHODS: dict[str, type[Method]] = {name: method_class(name, card) for name, card in CARDS.items()}

__all__ = ["METHODS", "Batch", "Method", "State", "Step", "TrainingSet", "method_class"]
