"""Numbers of a run: decided once, kept by its checkpoint, and never at the cost of what is compared with a threshold."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from ssl_core.data import load
from ssl_core.models import MODELS
from ssl_core.train import precision, trainee
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.precision import bits_of, measured_bits
from ssl_core.train.trainee import Trainee

HALF = {"steps": 6, "batch": 4, "mu": 2, "evaluations": 3, "device": "cpu", "precision": "bf16"}


class Clock:
    """Time that passes only where somebody works; stands in for the module `time`."""

    now = 0.0

    def thread_time(self):
        return self.now

    perf_counter = thread_time


class Worker(nn.Module):
    """A network whose pass takes `full` or `half` seconds."""

    def __init__(self, clock, full, half):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.clock, self.full, self.half = [clock], full, half

    def __deepcopy__(self, memory):
        return Worker(self.clock[0], self.full, self.half)

    def forward(self, x):
        self.clock[0].now += self.half if torch.is_autocast_enabled("cpu") else self.full
        return x * self.weight


def test_what_is_asked_for_is_taken_and_auto_measures_large_networks_on_a_processor_alone(monkeypatch):
    small, large = MODELS["small_convnet"](3, 10), nn.Linear(1000, 1000)
    cpu, gpu = torch.device("cpu"), torch.device("cuda")
    for native in (True, False):
        monkeypatch.setattr(precision, "native", lambda native=native: native)
        assert [bits_of(asked, cpu, large) for asked in ("full", "bf16")] == [32, 16]
        assert bits_of("auto", gpu, small) == bits_of("auto", gpu, large) == 16
        assert bits_of("auto", torch.device("mps"), large) == 32
        assert bits_of("auto", cpu, small) == 32, "a short run spends no second on measuring"
        assert bits_of("auto", cpu, large) is (None if native else 32)


@pytest.mark.parametrize(("full", "half", "bits"), [(1.0, 0.5, 16), (1.0, 0.8, 16), (1.0, 0.95, 32), (1.0, 3.0, 32)])
def test_half_the_digits_only_where_clearly_faster(full, half, bits, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(precision, "time", clock)
    assert measured_bits(Worker(clock, full, half), torch.ones(2)) == bits
    assert clock.now < 2 * (full + half) + 0.01, "a slow network is tried twice, not for long"


def test_measuring_changes_no_weight_and_no_statistic():
    net = MODELS["small_convnet"](1, 10)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    rows, chance = torch.rand(8, 1, 8, 8), torch.get_rng_state()
    measured_bits(net, rows)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(weight.grad is None for weight in net.parameters())
    assert torch.equal(torch.get_rng_state(), chance)


@pytest.mark.parametrize("method", ["fixmatch", "remixmatch"])
def test_answers_keep_their_digits_and_products_do_not(method):
    seen = []
    run = Trainee(configure("digits", method, 10, 0, {k: v for k, v in HALF.items() if k != "mu"}), load("digits"))
    run.settle()
    run.model.head.register_forward_hook(lambda layer, given, answer: seen.append((given[0].dtype, answer.dtype)))
    batch, _, generator = run.draw()
    with run.precision():
        loss = run.config.knobs.step(run.live, batch, run.state, generator).loss
    assert loss.dtype == torch.float32
    assert seen
    assert {answer for _, answer in seen} == {torch.float32}
    assert torch.bfloat16 in {given for given, _ in seen}


def test_the_choice_is_in_the_record_and_a_resumed_run_keeps_it(monkeypatch):
    """What is measured again after a kill could come out otherwise: the same run would be another."""
    config, data = configure("digits", "fixmatch", 10, 0, HALF | {"precision": "auto"}), load("digits")
    monkeypatch.setattr(trainee, "bits_of", lambda *asked: None)
    monkeypatch.setattr(trainee, "measured_bits", lambda *asked: 16)
    rows, saved = [], []
    train(config, data, rows.append, save=lambda state: saved.append(copy.deepcopy(state)))
    assert rows[0]["bits"] == 16

    monkeypatch.setattr(trainee, "measured_bits", lambda *asked: pytest.fail("measured again"))
    middle = next(one for one in saved if 0 < one["step"] < 6)
    again: list[dict] = []
    train(config, data, [].append, checkpoint=middle, save=again.append)
    assert all(torch.equal(value, again[-1]["model"][name]) for name, value in saved[-1]["model"].items())


def test_a_checkpoint_from_before_there_was_a_choice_goes_on_in_full(monkeypatch):
    monkeypatch.setattr(trainee, "bits_of", lambda *asked: None)
    run = Trainee(configure("digits", "fixmatch", 10, 0, HALF | {"precision": "auto"}), load("digits"))
    old = {name: value for name, value in run.state_dict().items() if name != "bits"}
    run.load_state_dict(old)
    assert run.bits == 32
