"""A store in a temporary folder, and short real runs in it."""

from __future__ import annotations

import pytest

from ssl_core.runs.store import Store
from ssl_core.train.config import configure


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def short():
    """short(steps=..., method=...) -> a configuration dict of seconds."""

    def make(method="supervised", labels=20, seed=0, **values):
        return configure("digits", method, labels, seed, {"steps": 60, "evaluations": 3, "batch": 8} | values).to_dict()

    return make
