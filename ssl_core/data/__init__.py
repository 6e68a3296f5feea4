"""Where pictures come from: a catalog of data sets, and the splits that decide whose labels are known."""

from ssl_core.data.catalog import CATALOG, Card, Dataset, load
from ssl_core.data.split import Split, split

__all__ = ["CATALOG", "Card", "Dataset", "Split", "load", "split"]
