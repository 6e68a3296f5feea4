"""A run's network is read in one place, by names, shapes and finite numbers, whoever asks."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from ssl_core.data import load
from ssl_core.models import MODELS
from ssl_core.runs import judge as room
from ssl_core.runs.judge import judge
from ssl_core.runs.saved import save_checkpoint
from ssl_core.runs.trained import load_trained


@pytest.fixture
def kept(store, short):
    """kept(change) -> a run whose checkpoint holds an untrained network, changed."""

    def make(change=lambda weights: weights):
        run = store.add(short())
        torch.manual_seed(0)
        weights = MODELS[run.config["training"]["model"]](1, 10).state_dict()
        save_checkpoint(run.folder / "checkpoint.pt", {"step": 1, "average": change(weights)})
        return run

    return make


def test_it_judges_every_test_picture(kept):
    run = kept()
    said = judge(run)
    assert said.tested == len(load("digits").test_labels) == sum(map(sum, said.matrix))


@pytest.mark.parametrize("read", [judge, load_trained])
@pytest.mark.parametrize(
    "change",
    [
        lambda w: {name: value * float("nan") if value.is_floating_point() else value for name, value in w.items()},
        lambda w: dict(list(w.items())[1:]),
        lambda w: {"other": torch.zeros(3)},
        lambda w: [1, 2],
    ],
    ids=["no numbers", "one missing", "another network", "no weights"],
)
def test_weights_that_do_not_fit_are_one_sentence_for_whoever_asks(kept, read, change):
    with pytest.raises(ValueError, match=r"^The weights|^The tensor"):
        read(kept(change))


@pytest.mark.parametrize("read", [judge, load_trained])
def test_a_run_without_weights_and_a_broken_one_are_one_sentence(store, short, read):
    with pytest.raises(ValueError, match="no network"):
        read(store.add(short()))
    broken = store.add(short() | {"labels": "many"})
    save_checkpoint(broken.folder / "checkpoint.pt", {"step": 1})
    with pytest.raises(ValueError, match="does not describe a run"):
        read(broken)


def test_a_data_set_without_a_test_has_nothing_to_judge_by(kept, monkeypatch):
    data = load("digits")
    empty = dataclasses.replace(data, test_images=data.test_images[:0], test_labels=data.test_labels[:0])
    monkeypatch.setattr(room, "load", lambda name: empty)
    with pytest.raises(ValueError, match=r"^This data set has no test pictures"):
        judge(kept())
