"""The labelled loss where classes have unequally many labels: identities, and the papers' own formulas."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight

from ssl_core.methods.losses import PLAIN, WEIGHTS, Balance, balance_of, labelled_loss, soft_cross_entropy
from ssl_core.methods.uda import annealed_loss

uneven = st.lists(st.integers(1, 400), min_size=2, max_size=12).filter(lambda counts: len(set(counts)) > 1)


def rows(classes, n=16, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(n, classes, generator=generator, dtype=torch.float64)
    return logits, torch.randint(classes, (n,), generator=generator)


@settings(deadline=None)
@given(uneven, st.floats(0.1, 3))
def test_logit_adjustment_is_menons_loss(counts, tau):
    """-log( e^(f_y + τ log π_y) / Σ_j e^(f_j + τ log π_j) ), mean over rows; written out with the priors themselves."""
    logits, y = rows(len(counts))
    prior = torch.tensor(counts, dtype=torch.float64) / sum(counts)
    top = logits.exp() * prior**tau
    by_hand = -(top.gather(1, y[:, None])[:, 0] / top.sum(dim=1)).log().mean()
    torch.testing.assert_close(labelled_loss(logits, y, balance_of(torch.tensor(counts), "none", tau)), by_hand)


@settings(deadline=None)
@given(uneven)
def test_tau_0_and_no_weights_are_the_plain_loss_to_the_bit(counts):
    logits, y = rows(len(counts))
    balance = balance_of(torch.tensor(counts), "none", 0.0)
    assert balance == PLAIN
    assert torch.equal(labelled_loss(logits, y, balance), F.cross_entropy(logits, y))


@pytest.mark.parametrize("weights", WEIGHTS)
@settings(deadline=None)
@given(st.integers(1, 50), st.integers(2, 10), st.floats(0, 3))
def test_equal_counts_are_the_plain_loss_to_the_bit(weights, each, classes, tau):
    assert balance_of(torch.full((classes,), each), weights, tau) == PLAIN


@settings(deadline=None)
@given(uneven)
def test_balanced_weights_are_scikit_learns_and_every_class_weighs_the_same_in_all(counts):
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts)).numpy()
    theirs = compute_class_weight("balanced", classes=torch.arange(len(counts)).numpy(), y=labels)
    weight = balance_of(torch.tensor(counts), "balanced", 0.0).weight
    torch.testing.assert_close(weight.double(), torch.from_numpy(theirs), rtol=1e-5, atol=0)
    root = balance_of(torch.tensor(counts), "root", 0.0).weight
    torch.testing.assert_close((root / root[0]).square(), weight / weight[0], rtol=1e-4, atol=0)
    for mine in (weight, root):
        assert (mine * torch.tensor(counts)).sum().item() == pytest.approx(sum(counts), rel=1e-5), "1 on average"


def test_over_the_whole_labelled_set_balanced_is_the_mean_of_the_classes_means():
    counts = torch.tensor([9, 3, 1])
    y = torch.repeat_interleave(torch.arange(3), counts)
    logits, _ = rows(3, len(y))
    each = F.cross_entropy(logits, y, reduction="none")
    by_class = torch.stack([each[y == c].mean() for c in range(3)])
    torch.testing.assert_close(labelled_loss(logits, y, balance_of(counts, "balanced", 0.0)), by_class.mean())


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("tau", [0.0, 1.5])
def test_labels_as_rows_of_probabilities_are_the_same_loss(weights, tau):
    balance = balance_of(torch.tensor([8, 4, 2, 1]), weights, tau)
    logits, y = rows(4)
    soft = F.one_hot(y, 4).double()
    plain = labelled_loss(logits, y, balance)
    torch.testing.assert_close(labelled_loss(logits, soft, balance), plain)
    torch.testing.assert_close(soft_cross_entropy(soft, logits, balance), plain)
    each = labelled_loss(logits, y, balance, reduction="none")
    assert each.shape == (len(y),)
    torch.testing.assert_close(each.mean(), plain)
    torch.testing.assert_close(annealed_loss(logits, y, 1.0, balance), plain)


def test_a_rare_class_pulls_harder_either_way():
    counts, y = torch.tensor([90, 10]), torch.tensor([1])
    even = torch.zeros(1, 2)
    for balance in (balance_of(counts, "none", 1.0), balance_of(counts, "balanced", 0.0)):
        assert labelled_loss(even, y, balance) > labelled_loss(even, y) > labelled_loss(even, 1 - y, balance)


def test_a_class_without_a_label_gives_finite_numbers():
    balance = balance_of(torch.tensor([5, 0, 2]), "balanced", 3.0)
    logits, y = rows(3)
    assert torch.isfinite(labelled_loss(logits, y, balance))
    assert torch.isfinite(balance.shift).all()
    assert isinstance(balance, Balance)
