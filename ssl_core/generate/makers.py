"""The makers, by name. A new one is one file here and one line in ssl_core/maker_cards.py."""

from __future__ import annotations

from importlib import import_module

from ssl_core.generate.contract import Maker
from ssl_core.maker_cards import MAKER_CARDS, MakerCard


def maker_class(name: str, card: MakerCard) -> type[Maker]:
    """The class of a card, titled as the card says."""
    module, class_name = card.home(name)
    maker = getattr(import_module(module), class_name)
    maker.title = card.title
    return maker


GENERATORS: dict[str, type[Maker]] = {name: maker_class(name, card) for name, card in MAKER_CARDS.items()}
