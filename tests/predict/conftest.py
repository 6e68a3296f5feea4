"""A network trained for a second, asked by every test of this room."""

from __future__ import annotations

import pytest
import torch

from ssl_core.data import load
from ssl_core.predict.classifier import calibrated
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee


@pytest.fixture(scope="session")
def digits():
    return load("digits")


@pytest.fixture(scope="session")
def classifier(digits):
    torch.set_num_threads(1)
    config = configure("digits", "supervised", 40, 0, {"steps": 120, "evaluations": 1})
    saved = []
    train(config, digits, lambda row: None, save=saved.append)
    trainee = Trainee(config, digits)
    trainee.load_state_dict(saved[-1])
    return calibrated(config, trainee.average.shadow, digits, {"test_accuracy": 0.5})
