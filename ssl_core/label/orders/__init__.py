"""The orders of asking, by name. A new one is one file here and one card in ssl_core/label/order_cards.py."""

from __future__ import annotations

from importlib import import_module

from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.orders.contract import Known, Order

ORDERS: dict[str, Order] = {
    name: getattr(import_module(f"ssl_core.label.orders.{name}"), card.class_name)()
    for name, card in ORDER_CARDS.items()
}


def order_named(name: str) -> Order:
    """An order; raises ValueError, one sentence, for a name that is none."""
    if name not in ORDERS:
        raise ValueError(f"There is no order {name!r}. Choose one of {', '.join(ORDERS)}.")
    return ORDERS[name]


__all__ = ["ORDERS", "Known", "Order", "order_named"]
