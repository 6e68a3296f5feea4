"""The store and the short runs that tests of `runs` use."""

from tests.runs.conftest import short, store  # noqa: F401
