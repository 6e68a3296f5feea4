"""Asking a network changes nothing, goes by batches, and gives the same answers as asking it by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ssl_core.models import MODELS, ask


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = MODELS["small_convnet"](1, 3)
    model(torch.rand(64, 1, 8, 8))  # so that batch norm has statistics of its own
    return model.train()


@pytest.fixture
def pictures():
    return torch.randint(0, 256, (7, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


QUESTIONS = {
    "logits": ask.logits,
    "probabilities": ask.probabilities,
    "features": ask.features,
    "saliency": lambda model, x: ask.saliency(model, x / 255, torch.zeros(len(x), dtype=torch.int64)),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_leaves_weights_statistics_gradients_and_every_layers_mode(model, pictures, question):
    model.body[0].eval()  # a part that somebody froze
    modes = [layer.training for layer in model.modules()]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    question(model, pictures)
    assert [layer.training for layer in model.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_picture_is_answered_alike_alone_and_in_company(model, pictures, question):
    torch.testing.assert_close(question(model, pictures)[2:3], question(model, pictures[2:3]))


def test_answers_are_those_of_the_network_in_evaluation_mode(model, pictures):
    x = pictures.float() / 255
    probability, seen = ask.probabilities(model, pictures, at_once=3), ask.features(model, pictures, at_once=3)
    model.eval()
    torch.testing.assert_close(probability, torch.softmax(model(x), dim=1))
    torch.testing.assert_close(probability.sum(dim=1), torch.ones(7))
    torch.testing.assert_close(ask.probabilities(model, x), probability)
    torch.testing.assert_close(model.head(seen), ask.logits(model, pictures))


def test_rows_that_are_no_pictures_are_taken_as_they_are():
    model = nn.Linear(2, 3)
    points = torch.tensor([[0.0, 300.0], [-5.0, 0.5]])
    torch.testing.assert_close(ask.logits(model, points), model(points))


def test_nan_weights_give_nan_answers_and_a_failing_network_its_mode_back(model, pictures):
    nn.init.constant_(model.head.weight, float("nan"))
    assert ask.probabilities(model, pictures).isnan().all()
    with pytest.raises(RuntimeError):
        ask.logits(model, torch.zeros(1, 2, 8, 8, dtype=torch.uint8))
    assert all(layer.training for layer in model.modules())


def test_the_slope_of_a_straight_line_is_its_steepness():
    line = nn.Linear(2, 1)
    input_gradient = ask.input_gradient(line, torch.rand(4, 2), lambda out: out.sum())
    torch.testing.assert_close(input_gradient, line.weight.detach().expand(4, 2))


def test_smoothed_saliency_of_a_straight_network_is_its_saliency():
    straight = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 4, 2))
    x, target = torch.rand(2, 3, 4, 4), torch.tensor([0, 1])
    smooth = ask.smooth_saliency(straight, x, target, torch.Generator().manual_seed(0), samples=3)
    torch.testing.assert_close(smooth, ask.saliency(straight, x, target))
