"""A data set of forty small pictures in a store of its own, and a network that sees their mean colours, at once."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from ssl_core.data import kept
from ssl_core.data.card import Card
from ssl_core.runs import looking
from ssl_core.runs.store import Store

NAME = "upload:0feed0fe"
WIDTH = 1280


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    """A store; data sets are kept in it."""
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "runs"))
    return Store(tmp_path / "runs")


@pytest.fixture
def pets(store) -> Card:
    """Bright and dark pictures, 30 to train with, of which 10 have no label, and 10 to test with."""
    random, labels = np.random.RandomState(0), np.arange(40) % 2
    images = (random.randint(0, 120, (40, 3, 16, 16)) + 120 * labels[:, None, None, None]).astype(np.uint8)
    train = labels[:30].astype(np.int64)
    train[20:] = -1
    card = Card(NAME, "Pets", "", ("dark", "bright"), 3, 16, 30, 4, 10, ("left-right",), 2, "", kept.MODULE, unknown=10)
    return kept.keep(card, kept.Arrays(images[:30], train, images[30:], labels[30:].astype(np.int64)))


class Eye:
    """Sees the mean of a picture's quarters; counts the pictures it was shown, and may be blinded after some."""

    def __init__(self) -> None:
        self.shown, self.most, self.lock = 0, 10**9, threading.Lock()

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        with self.lock:  # several threads look
            if self.shown + len(x) > self.most:
                raise KeyboardInterrupt
            self.shown += len(x)
        quarters = torch.nn.functional.adaptive_avg_pool2d(x, 2).flatten(1) - 0.5
        return quarters.repeat(1, 107)[:, :WIDTH].half()


@pytest.fixture
def eye(monkeypatch) -> Eye:
    """What looks at pictures in place of the network."""
    one = Eye()
    monkeypatch.setattr(looking, "looker", lambda model, device: one)
    return one
