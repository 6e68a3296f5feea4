"""The yardstick of the step benchmark takes a step of every method, companions included."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ssl_core.data import load
from ssl_core.methods import METHODS
from ssl_core.train.config import configure
from tests.benchmarks.naive import Naive

LABELLED = 20


@pytest.fixture(scope="module")
def few():
    """As many pictures as one small batch of each kind needs, so that the yardstick opens quickly."""
    data = load("digits")
    return replace(data, images=data.images[:200], labels=data.labels[:200])


@pytest.mark.parametrize("method", METHODS)
def test_the_yardstick_moves_all_that_learns_and_every_average(method, few):
    naive = Naive(configure("digits", method, LABELLED, 0, {"batch": 4}), few, LABELLED)
    learning = torch.nn.ModuleList([n for n in (naive.model, naive.head, naive.companion) if n is not None])
    averages = torch.nn.ModuleList([n for n in (naive.shadow, naive.companion_shadow) if n is not None])
    before = [[weight.clone() for weight in networks.parameters()] for networks in (learning, averages)]
    naive()
    for networks, old in zip((learning, averages), before, strict=True):
        still = [n for (n, now), was in zip(networks.named_parameters(), old, strict=True) if torch.equal(now, was)]
        assert still == []
