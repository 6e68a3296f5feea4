"""The loop's promises: what is averaged, what decays, what is drawn, and how a run ends."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import nn

from ssl_core.augment import strong, weak
from ssl_core.data import BUILT_IN, CATALOG, load
from ssl_core.knobs import knobs_of
from ssl_core.methods.contract import frozen_statistics
from ssl_core.mix.train import MATCHABLE, OFF, TRAINABLE
from ssl_core.models import MODELS
from ssl_core.models.ask import probabilities
from ssl_core.oversample.rebalance import REBALANCE
from ssl_core.train.average import Average, kernels
from ssl_core.train.chance import Stream, generator_at
from ssl_core.train.config import Training, configure
from ssl_core.train.device import pick_device
from ssl_core.train.evaluate import accuracy
from ssl_core.train.loop import steps, train
from ssl_core.train.meter import Diverged
from ssl_core.train.optimizer import make_optimizer
from ssl_core.train.schedule import factor
from ssl_core.train.trainee import Trainee


def test_the_stream_shows_every_picture_once_a_pass():
    stream = Stream(np.arange(100, 123), batch=7, seed=3)
    walk = np.concatenate([stream.at(step) for step in range(23)])
    for number in range(7):
        assert sorted(walk[number * 23 : (number + 1) * 23]) == list(range(100, 123))
    assert Stream(np.arange(100, 123), 7, 3).at(12).tolist() == walk[84:91].tolist(), "any step, in any order"
    assert (walk[:23] != walk[23:46]).any(), "reshuffled"


def test_a_batch_larger_than_the_set_goes_round_it():
    assert sorted(Stream(np.arange(4), batch=64, seed=0).at(2)) == sorted(list(range(4)) * 16)


def test_steps_draw_independently():
    draws = [torch.rand(3, generator=generator_at(seed, step)).tolist() for seed in (0, 1) for step in (0, 1, 2)]
    assert len({tuple(d) for d in draws}) == 6
    assert torch.rand(3, generator=generator_at(0, 0)).tolist() == draws[0]


@pytest.mark.parametrize("schedule", ["cosine", "cosine_7_16"])
def test_the_rate_climbs_then_falls(schedule):
    rates = [factor(schedule, k, 1000, 30) for k in range(1000)]
    assert rates[0] == 0
    assert max(rates) == rates[30] == 1
    assert all(a >= b for a, b in zip(rates[30:], rates[31:], strict=False))
    end = {"cosine": 0.0, "cosine_7_16": math.cos(7 * math.pi / 16)}[schedule]
    assert factor(schedule, 1000, 1000) == pytest.approx(end, abs=1e-12)


def test_decay_touches_convolutions_and_dense_layers_only():
    net = MODELS["small_convnet"](1, 10)
    groups = make_optimizer(net, Training(weight_decay=0.1)).param_groups
    heavy, light = ({id(p) for p in g["params"]} for g in groups)
    assert groups[0]["weight_decay"] == 0.1
    assert groups[1]["weight_decay"] == 0
    assert heavy == {id(p) for p in kernels(net)}
    assert heavy | light == {id(p) for p in net.parameters()}
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert id(module.weight) in light


def test_the_average_starts_fast_when_it_should():
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, 0.5)  # near −0.9 a sum of it has few digits left
    slow, fast = Average(net, 0.999), Average(net, 0.999, warmup=True)
    before = net.weight.item()
    with torch.no_grad():
        net.weight.fill_(before + 1)
    for average in (slow, fast):
        average.update()
    assert slow.shadow.weight.item() == pytest.approx(before + 0.001)
    assert fast.shadow.weight.item() == pytest.approx(before + 0.9)


def test_frozen_statistics_normalise_by_the_batch_and_leave_no_trace():
    norm = nn.BatchNorm2d(3).train()
    x = torch.randn(8, 3, 4, 4, generator=torch.Generator().manual_seed(0)) * 5 + 2
    before = {k: v.clone() for k, v in norm.state_dict().items()}
    with frozen_statistics(norm):
        quiet = norm(x)
    assert all(torch.equal(before[k], v) for k, v in norm.state_dict().items())
    assert torch.equal(quiet, norm(x))
    assert not torch.equal(before["running_mean"], norm.running_mean)


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("policy", [weak, strong])
def test_views_keep_shape_and_range_and_differ_within_a_batch(name, policy):
    card, data = CATALOG[name], load(name)
    x = data.images[:1].float().div(255).expand(64, -1, -1, -1).contiguous()
    before = x.clone()
    seen = policy(card)(x, generator_at(0, 0))
    assert torch.equal(x, before), "the picture that came in is left as it was"
    assert seen.shape == x.shape
    assert seen.min() >= 0
    assert seen.max() <= 1
    different = {row.numpy().tobytes() for row in seen}
    assert len(different) > 4, "every picture of a batch draws its own"
    assert torch.equal(seen, policy(card)(x, generator_at(0, 0)))


def test_weak_views_are_shifts():
    card = CATALOG["digits"]
    policy = weak(card)
    x = load("digits").images[:40].float() / 255
    drawn = policy.draw(40, generator_at(0, 1))
    seen = policy.apply(drawn, x)
    dy, dx = (drawn[0][key] - card.shift for key in ("dy", "dx"))
    for i in range(40):
        inner = x[i, :, 1:-1, 1:-1]
        a, b = 1 - dy[i], 1 - dx[i]
        assert torch.equal(seen[i, :, a : a + 6, b : b + 6], inner)
    assert set(dy.tolist()) == {-1, 0, 1}


def changed(config, **values):
    """A configuration that no knob would allow."""
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **values))


def test_a_rate_that_is_far_too_high_ends_the_run_with_a_sentence():
    config = changed(configure("digits", "supervised", 20, 0, {"steps": 400}), lr=1e9)
    with pytest.raises(Diverged, match=r"The loss became (nan|inf) at step \d+: lower the learning rate\."):
        train(config, load("digits"), lambda row: None)


@pytest.mark.parametrize(("minutes", "spent"), [(0.0, 0.0), (1.0, 60.0)])
def test_a_run_over_its_time_limit_stops(minutes, spent):
    rows = []
    config = changed(configure("digits", "supervised", 20, 0), limit_minutes=minutes)
    assert train(config, load("digits"), rows.append, spent=spent) == "out of time"
    assert [row["step"] for row in rows] == [0]


def test_accuracy_counts_nan_as_wrong():
    class Broken(nn.Module):
        def forward(self, x):
            return torch.full((len(x), 2), float("nan"))

    images = torch.zeros(4, 1, 2, 2, dtype=torch.uint8)
    assert accuracy(Broken(), images, torch.zeros(4, dtype=torch.int64)) == 0.0
    assert probabilities(MODELS["small_convnet"](1, 3), torch.zeros(7, 1, 8, 8, dtype=torch.uint8), 3).shape == (7, 3)


def test_a_device_that_is_not_there_is_one_sentence():
    if torch.cuda.is_available():
        pytest.skip("this machine has a cuda device")
    assert pick_device("auto").type in ("cpu", "mps")
    with pytest.raises(ValueError, match="no cuda device"):
        pick_device("cuda")


@pytest.mark.parametrize("method", ["supervised", "mixmatch", "flexmatch"])
def test_walking_through_the_steps_is_the_run(method):
    """Watched or not, looked at in between or not: the same rows and weights to the bit."""
    config, rows, saved = configure("digits", method, 20, 0, {"steps": 7, "evaluations": 2, "batch": 8}), [], []
    train(config, load("digits"), rows.append, save=saved.append)
    walker = Trainee(config, load("digits"), watched=True)
    walked = [walker.row() | walker.measure()]
    for number, taken in enumerate(steps(walker), 1):
        assert walker.step == number, "a step is taken when it is asked for, not before"
        walker.measure()
        assert taken.batch.images == (number - 1) * 8
        assert taken.step.seen
        walked += [taken.row] if taken.row else []
    for row in (*rows, *walked):
        row.pop("seconds")
    assert walked == rows
    weights = saved[-1]["average"]
    assert all(torch.equal(weights[name], value) for name, value in walker.average.shadow.state_dict().items())


def test_accuracy_is_measured_as_often_as_asked_and_first_and_last():
    rows, saved = [], []
    config = configure("digits", "supervised", 20, 0, {"steps": 12, "evaluations": 3, "batch": 8})
    train(config, load("digits"), rows.append, save=lambda state: saved.append(state["step"]))
    assert [row["step"] for row in rows] == list(range(13))
    assert [row["step"] for row in rows if "test_accuracy" in row] == [0, 4, 8, 12]
    assert saved == [4, 8, 12, 12]


def test_steps_go_on_where_they_were_left():
    config = configure("digits", "fixmatch", 20, 0, {"steps": 6, "evaluations": 1, "batch": 8})
    whole, half = Trainee(config, load("digits")), Trainee(config, load("digits"))
    for _ in steps(whole):
        pass
    walk = steps(half)
    for _ in range(3):
        next(walk)
    rest = Trainee(config, load("digits"))
    rest.load_state_dict(half.state_dict())
    assert len(list(steps(rest))) == 3
    assert list(steps(rest)) == []
    ends = [torch.cat([p.flatten() for p in t.model.parameters()]) for t in (whole, rest)]
    assert torch.equal(*ends)


def test_a_longer_run_learns():
    rows = []
    config = configure("digits", "supervised", 100, 0, {"steps": 150, "evaluations": 2})
    assert train(config, load("digits"), rows.append) == "done"
    assert rows[0]["test_accuracy"] < 0.3
    assert rows[-1]["test_accuracy"] > 0.8
    assert rows[-1]["step"] == 150


def test_a_long_tail_can_be_filled_with_copies_or_smote():
    config = configure("digits", "supervised", 100, 0, {"imbalance": 10.0})
    assert knobs_of(Training)["rebalance"].choices == REBALANCE
    plain = Trainee(config, load("digits"))
    assert plain.counts.max() > 5 * plain.counts.min()
    for how in ("copies", "smote"):
        filled = Trainee(changed(config, rebalance=how), load("digits"))
        assert filled.counts.tolist() == [int(plain.counts.max())] * 10
        known = filled.labelled.indices
        assert set(known[:100]) == set(plain.labelled.indices)
        assert not set(filled.unlabelled.indices if filled.unlabelled else []) & set(known)
        assert train(changed(config, rebalance=how, steps=5), load("digits"), lambda row: None) == "done"


@pytest.mark.parametrize("name", [OFF, *TRAINABLE])
def test_supervised_learning_can_blend_its_pictures(name):
    rows = []
    config = configure("digits", "supervised", 100, 0, {"mix": name, "steps": 120, "evaluations": 1})
    assert train(config, load("digits"), rows.append) == "done"
    assert rows[-1]["test_accuracy"] > 0.5


@pytest.mark.parametrize("name", MATCHABLE)
def test_mixmatch_can_blend_in_other_ways(name):
    rows = []
    config = configure("digits", "mixmatch", 40, 0, {"mix": name, "steps": 30, "evaluations": 1})
    assert train(config, load("digits"), rows.append) == "done"
    assert math.isfinite(rows[-1]["loss"])
