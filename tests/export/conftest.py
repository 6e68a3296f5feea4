"""The store and the short runs that tests of `runs` use, and the network that those of `predict` ask."""

from tests.predict.conftest import classifier, digits  # noqa: F401
from tests.runs.conftest import short, store  # noqa: F401
