"""The same stores and short runs as tests/runs has."""

from tests.runs.conftest import short, store  # noqa: F401
