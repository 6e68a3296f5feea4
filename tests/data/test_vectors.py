"""Rows that are vectors: every method that needs no pixels trains on them as it stands, with no test and few labels known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ssl_core.data import catalog, load, split
from ssl_core.data.card import UNKNOWN
from ssl_core.methods import METHODS
from ssl_core.models import FOR_VECTORS, MODELS
from ssl_core.oversample.rebalance import rebalance
from ssl_core.train.config import Config, all_knobs, configure, defaults
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee
from ssl_core.train.vectors import STRONG, WEAK, noise_views
from tests.data.sets import MOONS, true_labels

SHORT = {"steps": 20, "evaluations": 2, "batch": 8}
PIXELS = [name for name in METHODS if METHODS[name].needs_pixels]
ON_VECTORS = [name for name in METHODS if name not in PIXELS]
every_method = pytest.mark.parametrize("method", ON_VECTORS)
pytestmark = pytest.mark.usefixtures("registered")


def run(method, **values):
    rows, saved = [], []
    ended = train(configure("moons", method, 6, 0, SHORT | values), load("moons"), rows.append, save=saved.append)
    assert ended == "done"
    return rows, saved[-1]


@every_method
def test_every_method_trains_on_points_of_a_plane(method):
    rows, _ = run(method)
    assert all(math.isfinite(row["loss"]) for row in rows[1:])
    assert all(0 <= row["validation_accuracy"] <= 1 for row in rows if "validation_accuracy" in row)
    assert {row["test_accuracy"] for row in rows if "test_accuracy" in row} == {None}
    assert rows[-1]["step"] == 20


@every_method
def test_every_parameter_gets_a_gradient(method):
    trainee = Trainee(configure("moons", method, 6, 0, SHORT), load("moons"))
    batch, _, generator = trainee.draw()
    trainee.config.knobs.step(trainee.model, batch, trainee.state, generator).loss.backward()
    silent = [name for name, p in trainee.model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert silent == []


@every_method
def test_a_label_that_is_hidden_or_unknown_changes_no_weight(method):
    def weights(labels_of_others):
        trainee = Trainee(configure("moons", method, 6, 0, SHORT), load("moons"))
        known = torch.from_numpy(np.unique(trainee.labelled.indices))
        told = torch.full_like(trainee.labels, labels_of_others)
        told[known] = trainee.labels[known]
        trainee.labels = told
        for _ in range(4):
            batch, hidden, generator = trainee.draw()
            step = trainee.config.knobs.step(trainee.model, batch, trainee.state, generator)
            trainee.optimize(step.loss, 0.1)
            trainee.meter.add(step, hidden)
            trainee.step += 1
        return torch.cat([p.detach().flatten() for p in trainee.model.parameters()])

    assert torch.equal(weights(UNKNOWN), weights(0))
    assert torch.equal(weights(UNKNOWN), weights(1))


@every_method
def test_a_run_that_was_stopped_and_resumed_is_the_run_that_never_was(method):
    config, data = configure("moons", method, 6, 0, SHORT), load("moons")
    whole, before, after, saved = [], [], [], []
    train(config, data, whole.append)
    left = iter([False] * 7)
    train(config, data, before.append, save=saved.append, stop=lambda: next(left, True))
    train(config, data, after.append, checkpoint=saved[-1])

    def timeless(rows):
        return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]

    assert timeless(before + after) == timeless(whole)


def test_unlabelled_points_help_where_they_show_the_shape():
    """Labels flow along the moons: what six labels cannot say, three hundred points can."""
    data, y = load("moons"), true_labels()
    trainee = Trainee(configure("moons", "label_spreading", 6, 0, {"steps": 300}), data)
    guess = trainee.state["target"].argmax(dim=1).numpy()
    assert (guess == y[trainee.free.numpy()]).mean() > 0.9


@pytest.mark.parametrize("how", ["copies", "smote"])
def test_small_classes_are_filled_with_vectors(how):
    data, y = load("moons").images.numpy(), true_labels()
    few = np.r_[np.flatnonzero(y == 0)[:12], np.flatnonzero(y == 1)[:4]]
    made = rebalance(how, data[few], y[few], seed=0)
    assert made.images.dtype == np.float32
    assert np.bincount(made.labels).tolist() == [12, 12]
    own = data[few][y[few] == 1]
    new = made.images[len(few) :]
    assert (new >= own.min(axis=0) - 1e-6).all()
    assert (new <= own.max(axis=0) + 1e-6).all()
    run("supervised", rebalance=how, imbalance=5.0)


def test_views_are_noise_of_the_stated_size_at_any_scale():
    rows = torch.randn(5_000, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 1_000.0, 0.0])
    views = noise_views(rows)
    for name, size in (("weak", WEAK), ("strong", STRONG)):
        moved = views[name](rows, torch.Generator().manual_seed(1)) - rows
        assert moved.std(dim=0) == pytest.approx(size * rows.std(dim=0), rel=0.05)
        again = views[name](rows, torch.Generator().manual_seed(1)) - rows
        assert torch.equal(moved, again)
        assert not torch.equal(moved, views[name](rows, torch.Generator().manual_seed(2)) - rows)
    assert 0 < WEAK < STRONG


def test_vectors_learn_with_the_network_for_vectors():
    assert defaults("moons", "fixmatch")["model"] in FOR_VECTORS
    assert set(all_knobs("fixmatch", "moons")["model"].choices) == set(FOR_VECTORS)
    for offered in (all_knobs("fixmatch", "digits"), all_knobs("fixmatch")):
        assert set(offered["model"].choices) == set(MODELS) - set(FOR_VECTORS)
    for name in FOR_VECTORS:
        model = MODELS[name](2, 3)
        assert model(torch.randn(5, 2)).shape == (5, 3)
        assert model.features(torch.randn(5, 2)).shape == (5, model.head.in_features)


@pytest.mark.parametrize(
    ("data", "method", "values", "sentence"),
    [
        ("moons", "fixmatch", {"model": "small_convnet"}, "is for pictures .* choose mlp"),
        ("moons", "fixmatch", {"strong": "hflip"}, "leave strong empty"),
        ("moons", "supervised", {"mix": "cutmix"}, "choose none or mixup"),
        ("moons", "mixmatch", {"mix": "cutmix"}, "choose mixup"),
        ("moons", "fixmatch", {"labels": 161}, "between 2 .* and 160, not 161"),
        ("digits", "fixmatch", {"model": "mlp"}, "is for vectors .* choose one of small_convnet"),
    ],
)
def test_what_does_not_go_together_is_one_sentence_before_a_run(data, method, values, sentence):
    labels = values.pop("labels", 20)
    with pytest.raises(ValueError, match=sentence) as wrong:
        configure(data, method, labels, 0, values)
    assert "\n" not in str(wrong.value)
    good = configure(data, method, 20, 0).to_dict()
    for name, value in values.items():
        home = "training" if name in good["training"] else "knobs"
        with pytest.raises(ValueError, match=sentence):
            Config.from_dict(good | {home: good[home] | {name: value}})


def test_pages_about_pixels_do_not_offer_vectors():
    assert "moons" in catalog.ready()
    assert "moons" in catalog.titles()
    assert {"digits", "mostly_unknown"} <= set(catalog.cards())
    assert "moons" not in catalog.cards()


def test_its_split_is_like_any_other():
    data = load("moons")
    drawn = split(data.labels.numpy(), 20, 0, validation=MOONS.validation)
    assert (data.labels[drawn.labelled] >= 0).all()
    assert len(drawn.unlabelled) == MOONS.pool - 20
