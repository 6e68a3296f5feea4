"""Several networks: one alone is FixMatch, their guess is their mean, and what they say apart is counted right."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ssl_core.data import load
from ssl_core.methods import Batch
from ssl_core.methods.ensemble_match import CoMatch, EnsembleMatch, lessons
from ssl_core.methods.mixmatch import guess
from ssl_core.runs import checked
from ssl_core.train.config import configure
from ssl_core.train.evaluate import votes
from ssl_core.train.loop import steps, train
from ssl_core.train.trainee import Trainee
from tests.test_every_method import trainee

CLASSES, N = 4, 7


def logits(rows, seed):
    return 3 * torch.randn(rows, CLASSES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Fixed(nn.Module):
    """Adds its own vector to its rows, which are logits."""

    def __init__(self, seed):
        super().__init__()
        self.own = nn.Parameter(logits(1, seed)[0])

    def forward(self, x):
        return x + self.own


def batch_of_logits(method):
    views = tuple(logits(N, 10 + place) for place in range(len(method.unlabelled_views)))
    companion = nn.ModuleList([Fixed(seed) for seed in range(1, method.networks)])
    return Batch(
        logits(5, 0), torch.tensor([0, 1, 2, 3, 0]), views, torch.arange(N), CLASSES, 1.0, 0, watched=True,
        companion=companion if method.networks > 1 else None,
    )  # fmt: skip


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("sharp", [0.0, 0.5])
@pytest.mark.parametrize("forward", ["joint", "separate"])
@pytest.mark.parametrize("teachers", ["all", "others"])
def test_an_ensemble_of_one_is_fixmatch_to_the_bit(align, sharp, forward, teachers):
    """Whole training steps: the same losses, weights, averages and memory."""
    same = {"threshold": 0.3, "mu": 3, "weight": 1.5, "align": align, "forward": forward, "weight_decay": 1e-3}
    same["lr"] = 0.2
    single = trainee("fixmatch", soft=sharp, **same)
    one = trainee("ensemble_match", networks=1, views=1, temperature=sharp, teachers=teachers, **same)
    for ours, theirs, _ in zip(steps(one), steps(single), range(3), strict=False):
        assert torch.equal(ours.step.loss, theirs.step.loss)
        assert torch.equal(ours.step.stats["mask"], theirs.step.stats["mask"])
    for mine, other in ((one.model, single.model), (one.average.shadow, single.average.shadow)):
        assert all(torch.equal(value, other.state_dict()[name]) for name, value in mine.state_dict().items())
    assert all(torch.equal(value, single.state[name]) for name, value in one.state.items())
    assert one.companion is None


def test_the_guess_is_the_mean_over_networks_and_views_sharpened():
    method = EnsembleMatch(networks=3, views=2, temperature=0.5, threshold=0.6)
    batch, main = batch_of_logits(method), Fixed(0)
    step = method.step(main, batch, {}, torch.Generator())
    asked = torch.stack([net(view) for net in (main, *batch.companion) for view in batch.u[:2]])
    mean, sharp = guess(asked, 0.5)  # MixMatch's
    torch.testing.assert_close(step.seen["guesses"], mean.detach())
    torch.testing.assert_close(step.seen["targets"], sharp.detach())
    open_ = mean.max(dim=1).values >= 0.6
    assert 0 < open_.sum() < N
    assert torch.equal(step.stats["mask"], open_)
    expected = 0.0
    for net, strong in zip((main, *batch.companion), batch.u[2:], strict=True):
        each = -(sharp.detach() * torch.log_softmax(net(strong), dim=1)).sum(dim=1)
        expected += (each * open_).mean()
    torch.testing.assert_close(step.parts["unlabelled"], expected)


@pytest.mark.parametrize("count", [2, 3])
def test_a_network_that_is_taught_by_the_others_never_hears_itself(count):
    method = CoMatch(networks=count, threshold=0.5)
    batch, main = batch_of_logits(method), Fixed(0)
    networks = (main, *batch.companion)
    step = method.step(main, batch, {}, torch.Generator())
    answers = torch.stack([net(batch.u[0]).softmax(dim=1) for net in networks]).detach()
    for one, part in enumerate(step.seen["guesses"].split(N)):
        others = [other for other in range(count) if other != one]
        torch.testing.assert_close(part, answers[others].mean(dim=0))
    assert len(step.stats["mask"]) == N, "the chart counts a picture once"
    assert method.guessers(main, batch.companion) == networks[1:]
    assert EnsembleMatch().guessers(main, batch.companion) == networks


def test_who_answers_is_told_apart():
    """Two networks with one view and three rows: "others" swaps their answers."""
    asked = torch.arange(2 * 1 * 3).float().reshape(2, 1, 3, 1)
    assert lessons(asked, "others").flatten().tolist() == [3, 4, 5, 0, 1, 2]
    assert lessons(asked, "all").shape == (2, 3, 1)
    assert torch.equal(lessons(asked[:1], "others"), asked[0])


def test_no_gradient_flows_through_a_guess_and_every_network_learns():
    method = EnsembleMatch(networks=2, views=1, threshold=0.0)
    batch, main = batch_of_logits(method), Fixed(0)
    rows = [view.requires_grad_() for view in batch.u]
    method.step(main, batch, {}, torch.Generator()).parts["unlabelled"].backward()
    weak, *strong = (row.grad for row in rows)
    assert weak is None or not weak.any()
    assert all(grad.abs().sum() > 0 for grad in strong)
    assert all(net.own.grad.abs().sum() > 0 for net in (main, *batch.companion))


class Says(nn.Module):
    """Answers its rows with these probabilities, whatever they are."""

    def __init__(self, rows):
        super().__init__()
        self.rows = torch.tensor(rows).log()

    def forward(self, x):
        return self.rows


def test_what_networks_say_apart_and_together_is_counted():
    """Each is wrong once, elsewhere, and not sure of it: their mean is right everywhere."""
    labels = torch.tensor([0, 0, 0, 1])
    right, wrong, other = [0.9, 0.1], [0.4, 0.6], [0.1, 0.9]
    networks = [Says([wrong, right, right, other]), Says([right, wrong, right, other])]
    counted = votes(networks, torch.zeros(4, 1), labels)
    assert counted.each_accuracy == [0.75, 0.75]
    assert counted.together_accuracy == 1.0
    assert counted.disagreement == 0.5
    assert votes(networks, torch.zeros(0, 1), labels[:0]) == ([None, None], None, None)
    broken = Says([[float("nan")] * 2] * 4)
    assert votes([networks[0], broken], torch.zeros(4, 1), labels)[:2] == ([0.75, 0.0], 0.0)


def test_a_run_says_what_each_network_got_right_and_comes_back_with_all_of_them():
    config = configure("digits", "ensemble_match", 20, 0, {"steps": 6, "batch": 8, "evaluations": 1, "networks": 2})
    rows, saved = [], []
    train(config, load("digits"), rows.append, save=saved.append)
    for row in (rows[0], rows[-1]):
        assert checked.row(row) == row
        assert len(row["each_accuracy"]) == 2
        assert row["each_accuracy"][0] == row["validation_accuracy"], "the main network, its average"
        assert 0 <= row["disagreement"] <= 1
    whole = Trainee(config, load("digits"))
    for kind in ("live", "average"):
        first = whole.companion.state_dict()["0.head.weight"]
        assert not torch.equal(saved[-1]["companion"][kind]["0.head.weight"], first), f"its {kind} weights have moved"
    whole.load_state_dict(saved[-1])
    live, averaged = saved[-1]["companion"]["live"], saved[-1]["companion"]["average"]
    assert all(torch.equal(value, live[name]) for name, value in whole.companion.state_dict().items())
    assert all(
        torch.equal(value, averaged[name]) for name, value in whole.companion_average.shadow.state_dict().items()
    )
    first, second = whole.model.body[0][0].weight, whole.companion[0].body[0][0].weight
    assert not torch.equal(first, second), "they begin differently"
