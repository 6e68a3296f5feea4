"""Where pictures come from: a catalog of data sets, and the splits that decide whose labels are known."""

from ssl_core.data.card import Card, Dataset
from ssl_core.data.catalog import BUILT_IN, CATALOG, card, find_card, load, prepare
from ssl_core.data.split import Split, split

__all__ = ["BUILT_IN", "CATALOG", "Card", "Dataset", "Split", "card", "find_card", "load", "prepare", "split"]
