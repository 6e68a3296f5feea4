"""AdaMatch against its formulas, written out again in NumPy; there are no numbers of the reference code for it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from ssl_core.methods import Batch
from ssl_core.methods.adamatch import AdaMatch, interpolated, relative_threshold, warmup
from tests.test_every_method import trainee

CLASSES = 4


def logits(rows, seed):
    return 3 * torch.randn(rows, CLASSES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def batch_of_logits(progress=1.0):
    """Through the identity, rows are their own logits: labelled weak and strong, unlabelled weak and strong."""
    y = torch.tensor([0, 1, 2, 3, 0])
    views = (logits(9, 2), logits(9, 3))
    return Batch(logits(5, 0), y, views, torch.arange(9), CLASSES, progress, 0, more_x=(logits(5, 1),))


def state(method):
    known = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    guessed = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)
    return {"known": known, "guessed": guessed} if method.align else {}


def test_the_threshold_is_a_share_of_the_mean_confidence_on_labelled_pictures():
    p = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.5, 0.4]])
    assert relative_threshold(p, 0.9) == pytest.approx(0.9 * (0.7 + 0.5) / 2)
    assert relative_threshold(torch.full((6, 3), 1 / 3), 1.0) == pytest.approx(1 / 3), "a network that knows nothing"


def test_the_weight_warms_up_by_half_a_cosine():
    assert warmup(0.0, 0.5) == 0
    assert warmup(0.25, 0.5) == pytest.approx(0.5)
    assert warmup(0.5, 0.5) == warmup(1.0, 0.5) == 1
    for t in np.linspace(0, 1, 21):
        assert warmup(t, 0.5) == pytest.approx(0.5 - math.cos(min(math.pi, 2 * math.pi * t)) / 2)


def test_interpolation_at_one_is_the_joint_forward_and_at_zero_the_other():
    joint, alone = logits(6, 0), logits(6, 1)
    assert torch.equal(interpolated(joint, alone, torch.ones(6, CLASSES)), joint)
    assert torch.equal(interpolated(joint, alone, torch.zeros(6, CLASSES)), alone)
    lam = torch.rand(6, CLASSES, generator=torch.Generator().manual_seed(0))
    between = interpolated(joint, alone, lam)
    assert (between >= torch.minimum(joint, alone) - 1e-12).all()
    assert (between <= torch.maximum(joint, alone) + 1e-12).all()


def test_a_step_at_lambda_one_is_the_step_without_interpolation():
    """Loss, gradients' effect on batch norm and all: the forward of labelled pictures alone leaves no trace."""
    whole, plain = trainee("adamatch"), trainee("adamatch", interpolate=False)
    batch, _, _ = whole.draw()
    lam = torch.ones(2 * len(batch.x), batch.classes)
    first = whole.config.knobs.interpolated_step(whole.model, batch, lam, whole.state)
    second = plain.config.knobs.interpolated_step(plain.model, batch, None, plain.state)
    assert torch.equal(first.loss, second.loss)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, plain.model.state_dict()[name]), name
    lam = torch.rand(lam.shape, generator=torch.Generator().manual_seed(0))
    other = whole.config.knobs.interpolated_step(whole.model, batch, lam, whole.state)
    assert not torch.equal(other.parts["labelled"], first.parts["labelled"])


def test_alignment_multiplies_by_the_ratio_of_mean_answers():
    method = AdaMatch(average_momentum=0.0)
    known, guess = torch.softmax(logits(40, 0), 1), torch.softmax(logits(70, 1), 1)
    memory = state(method)
    method.take_in(guess, known, memory)
    aligned = method.aligned(guess, memory)
    expected = guess * known.mean(dim=0) / guess.mean(dim=0)
    torch.testing.assert_close(aligned, expected / expected.sum(dim=1, keepdim=True), rtol=1e-4, atol=1e-5)
    method.take_in(guess, guess, memory)
    torch.testing.assert_close(method.aligned(guess, memory), guess, rtol=1e-10, atol=1e-10)
    assert torch.equal(AdaMatch(align=False).aligned(guess, {}), guess)


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("progress", [0.0, 0.2, 1.0])
def test_a_whole_step_is_what_the_formulas_say(align, progress):
    method = AdaMatch(threshold=0.8, weight=1.7, align=align, average_momentum=0.9)
    memory, batch = state(method), batch_of_logits(progress)
    before = {name: value.numpy().copy() for name, value in memory.items()}
    step = method.interpolated_step(nn.Identity(), batch, None, memory)

    weak, strong = batch.x.numpy(), batch.more_x[0].numpy()
    p_known, q = softmax(weak), softmax(batch.u[0].numpy())
    if align:
        known = 0.9 * before["known"] + 0.1 * p_known.mean(axis=0)
        guessed = 0.9 * before["guessed"] + 0.1 * q.mean(axis=0)
        q = q * (1e-6 + known) / (1e-6 + guessed)
        q = q / q.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(memory["known"], known, rtol=1e-12)
        np.testing.assert_allclose(memory["guessed"], guessed, rtol=1e-12)
    pseudo, mask = q.argmax(axis=1), q.max(axis=1) >= 0.8 * p_known.max(axis=1).mean()
    y = batch.y.numpy()
    halves = [-np.log(softmax(z)[np.arange(5), y]).mean() for z in (weak, strong)]
    unlabelled = (-np.log(softmax(batch.u[1].numpy())[np.arange(9), pseudo]) * mask).mean()
    weight = 1.7 * (0.5 - math.cos(min(math.pi, 2 * math.pi * progress)) / 2)
    assert step.stats["pseudo"].tolist() == pseudo.tolist()
    assert step.stats["mask"].tolist() == mask.tolist()
    assert 0 < mask.sum() < 9, "the batch tells the gate open from shut"
    np.testing.assert_allclose(step.parts["labelled"].item(), sum(halves) / 2, rtol=1e-10)
    np.testing.assert_allclose(step.parts["unlabelled"].item(), unlabelled, rtol=1e-10)
    np.testing.assert_allclose(step.loss.item(), sum(halves) / 2 + weight * unlabelled, rtol=1e-10)


def test_no_gradient_flows_through_guesses_or_threshold():
    batch = batch_of_logits()
    rows = [t.requires_grad_() for t in (batch.x, *batch.more_x, *batch.u)]
    method = AdaMatch(threshold=0.1)
    step = method.interpolated_step(nn.Identity(), batch, None, state(method))
    step.parts["unlabelled"].backward()
    x, more, weak, strong = (row.grad for row in rows)
    assert strong.abs().sum() > 0
    assert all(grad is None or not grad.any() for grad in (x, more, weak))
