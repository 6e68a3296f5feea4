"""What must hold for every method: a new entry of METHODS is tested the day it is added."""

from __future__ import annotations

import dataclasses
import re

import pytest
import torch

from ssl_core.data import load
from ssl_core.knobs import knobs_of
from ssl_core.methods import METHODS
from ssl_core.models import FOR_VECTORS, MODELS
from ssl_core.train.config import Training, configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

SHORT = {"steps": 6, "evaluations": 1, "batch": 8}
# Chance that is drawn row by row, switched off: then the order of a batch cannot matter.
QUIET = {"mix_alpha": 0.0, "alpha": 0.0, "epsilon": 0.0, "rotation_weight": 0.0, "depth": 0, "cutout": 0.0}
every_method = pytest.mark.parametrize("method", METHODS)


def trainee(method, data="digits", labels=20, **values):
    return Trainee(configure(data, method, labels, 0, SHORT | values), load(data))


def one_step(t):
    batch, hidden, generator = t.draw()
    return t.config.knobs.step(t.model, batch, t.state, generator), hidden


def without_time(rows):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


@every_method
@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_the_loss_is_a_number_and_every_parameter_gets_a_gradient(method, data):
    t = trainee(method, data)
    step, _ = one_step(t)
    step.loss.backward()
    assert torch.isfinite(step.loss)
    assert all(torch.isfinite(part) for part in step.parts.values())
    silent = [n for n, p in t.model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert silent == []


@every_method
def test_an_open_gate_gives_the_unlabelled_loss_a_gradient(method):
    open_gate = {"threshold": 0.0} if "threshold" in knobs_of(METHODS[method]) else {}
    t = trainee(method, **open_gate)
    if not t.config.knobs.ratio:
        pytest.skip(f"{method} looks at no unlabelled picture")
    batch, _, generator = t.draw()
    t.config.knobs.step(t.model, batch, t.state, generator)  # a method with a memory has one after its first look
    step = t.config.knobs.step(t.model, batch, t.state, generator)
    step.parts["unlabelled"].backward()
    norm = sum(p.grad.norm() for p in t.model.parameters() if p.grad is not None)
    assert step.parts["unlabelled"] > 0
    assert norm > 0


@every_method
def test_hidden_labels_change_no_weight(method):
    def weights(poison):
        data = load("digits")
        t = trainee(method)
        if poison:
            known = set(t.labelled.indices.tolist())
            labels = data.labels.clone()
            free = torch.tensor([i for i in range(len(labels)) if i not in known])
            labels[free] = (labels[free] + 1 + torch.arange(len(free)) % 9) % 10
            t.labels = labels
        for _ in range(4):
            step, _ = one_step(t)
            t.optimize(step.loss, 0.1)
            t.step += 1
        return torch.cat([p.detach().flatten() for p in t.model.parameters()])

    assert torch.equal(weights(False), weights(True))


@every_method
def test_the_same_seed_gives_the_same_run(method):
    def run(seed):
        rows = []
        train(configure("digits", method, 20, seed, SHORT), load("digits"), rows.append)
        return without_time(rows)

    assert run(0) == run(0)
    assert run(0) != run(1)


@every_method
@pytest.mark.parametrize("cut", [1, 3, 5])
def test_a_run_that_was_stopped_and_resumed_is_the_run_that_never_was(method, cut):
    config = configure("digits", method, 20, 0, SHORT | {"steps": 200, "evaluations": 3})
    config = dataclasses.replace(config, training=dataclasses.replace(config.training, steps=12))
    whole, before, after, saved = [], [], [], []
    train(config, load("digits"), whole.append)
    steps_left = iter([False] * cut)
    ended = train(config, load("digits"), before.append, save=saved.append, stop=lambda: next(steps_left, True))
    assert ended == "stopped"
    assert train(config, load("digits"), after.append, checkpoint=saved[-1]) == "done"
    assert without_time(before + after) == without_time(whole)


@every_method
def test_every_knob_at_its_bounds_trains(method):
    for name, told in knobs_of(METHODS[method]).items():
        values = told.choices or ((False, True) if told.kind is bool else (told.kind(told.low), told.kind(told.high)))
        for value in values:
            t = trainee(method, **{name: value})
            for _ in range(3):
                step, _ = one_step(t)
                assert torch.isfinite(step.loss), f"{name} = {value}"
                t.optimize(step.loss, 0.01)
                t.step += 1


@every_method
def test_without_unlabelled_weight_the_loss_is_the_labelled_part(method):
    if "weight" not in knobs_of(METHODS[method]):
        pytest.skip(f"{method} has no unlabelled loss")
    step, _ = one_step(trainee(method, **{name: 0.0 for name in knobs_of(METHODS[method]) if name.endswith("weight")}))
    assert torch.equal(step.loss, step.parts["labelled"])


@every_method
def test_the_order_of_a_batch_does_not_matter_to_its_loss(method):
    t = trainee(method, **{name: value for name, value in QUIET.items() if name in knobs_of(METHODS[method])})
    t.model.eval()  # in training mode batch norm looks at who is in a batch together, and so may a method's parts
    batch, _, generator = t.draw()
    seed = generator.initial_seed()
    turned = batch._replace(
        x=batch.x.flip(0), y=batch.y.flip(0), u=tuple(u.flip(0) for u in batch.u), index=batch.index.flip(0)
    )
    method_, memory = t.config.knobs, {name: value.clone() for name, value in t.state.items()}
    first = method_.step(t.model, batch, t.state, torch.Generator().manual_seed(seed)).loss
    second = method_.step(t.model, turned, memory, torch.Generator().manual_seed(seed)).loss
    torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)


@every_method
def test_double_precision_agrees_with_single(method):
    t = trainee(method)
    batch, _, generator = t.draw()
    seed, single = generator.initial_seed(), t.config.knobs
    memory = {name: value.clone() for name, value in t.state.items()}
    first = single.step(t.model, batch, t.state, torch.Generator().manual_seed(seed)).loss
    double = batch._replace(
        x=batch.x.double(),
        u=tuple(u.double() for u in batch.u),
        teacher=batch.teacher.double(),
        head=batch.head.double() if batch.head else None,
    )
    second = single.step(t.model.double(), double, memory, torch.Generator().manual_seed(seed)).loss
    torch.testing.assert_close(first.double(), second, rtol=1e-4, atol=1e-5)


@every_method
def test_a_method_tells_its_idea_and_its_source(method):
    told = METHODS[method]
    assert told.title
    for text in (told.idea, told.paper, told.watch, told.breaks):
        assert text.endswith(".")
    assert re.search(r"\b(19|20)\d\d\b", told.paper), "name the paper with its year"
    assert told.formula.count("{") == told.formula.count("}")
    assert r"\frac1B\sum_b" in told.formula


@every_method
def test_no_gradient_reaches_a_target(method):
    """Neither the averaged network nor what a method remembers is ever differentiated."""
    t = trainee(method)
    for _ in range(2):
        step, _ = one_step(t)
        step.loss.backward()
    assert all(p.grad is None for p in t.average.shadow.parameters())
    assert not any(value.requires_grad for value in t.state.values())


@every_method
def test_the_views_it_names_exist(method):
    t = trainee(method)
    batch, _, _ = t.draw()
    assert len(batch.u) == len(t.config.knobs.unlabelled_views)
    assert bool(t.config.knobs.ratio) == bool(batch.u)
    assert t.config.knobs.unlabelled_set in ("includes", "excludes")


@pytest.mark.parametrize("name", MODELS)
def test_every_parameter_of_every_network_gets_a_gradient(name):
    torch.manual_seed(0)
    side = 64 if name == "wrn_37_2" else 32
    net, size = MODELS[name](3, 10).train(), () if name in FOR_VECTORS else (side, side)
    torch.nn.functional.cross_entropy(net(torch.rand(4, 3, *size)), torch.arange(4)).backward()
    silent = [n for n, p in net.named_parameters() if p.grad is None or (p.dim() > 1 and not p.grad.abs().sum() > 0)]
    assert silent == []


@pytest.mark.parametrize("name", MODELS)
def test_networks_named_in_training_exist(name):
    assert name in knobs_of(Training)["model"].choices


def test_a_new_method_is_one_file_and_one_line(monkeypatch):
    """A toy method, registered as a new one would be, trains, resumes and is found by the generic checks."""
    from ssl_core.methods.supervised import Supervised

    @dataclasses.dataclass(frozen=True)
    class Toy(Supervised):
        def step(self, model, batch, state, generator):
            step = super().step(model, batch, state, generator)
            return step._replace(loss=2 * step.loss)

    monkeypatch.setitem(METHODS, "toy", Toy)
    test_the_loss_is_a_number_and_every_parameter_gets_a_gradient("toy", "digits")
    test_a_run_that_was_stopped_and_resumed_is_the_run_that_never_was("toy", 3)
    test_hidden_labels_change_no_weight("toy")
