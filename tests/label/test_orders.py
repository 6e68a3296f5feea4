"""What each order is about: told by pictures where the right answer is known beforehand."""

from __future__ import annotations

import subprocess
import sys

import torch

from ssl_core.data.card import UNKNOWN
from ssl_core.label.axes import along_axes
from ssl_core.label.orders import ORDERS, Known
from ssl_core.label.orders.typical import typicality
from tests.conftest import HOUSE


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


def clouds(sizes, spread=0.15, seed=0):
    """Clouds of pictures about axes of their own; returns features and cloud."""
    which = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    return torch.eye(len(sizes), 16)[which] + spread * torch.randn(len(which), 16, generator=dice(seed)), which


def test_typical_first_asks_once_in_every_cloud_before_it_asks_twice_in_one():
    features, which = clouds([80, 60, 40, 20])
    rows = ORDERS["typical"].ask(Known(features, torch.full((200,), UNKNOWN), 4), 4, dice())
    assert sorted(which[rows].tolist()) == [0, 1, 2, 3]
    assert which[rows[0]] == 0  # the largest first


def test_typical_first_goes_where_no_label_is():
    features, which = clouds([80, 60, 40])
    labels = torch.full((180,), UNKNOWN)
    labels[[3, 5]] = 0
    labels[90] = 1
    assert which[ORDERS["typical"].ask(Known(features, labels, 3), 1, dice())].tolist() == [2]


def test_the_most_typical_picture_lies_in_the_thick_of_its_group():
    features, _ = clouds([100], spread=0.0)
    features = torch.nn.functional.normalize(features + torch.linspace(0, 2, 100)[:, None] * torch.eye(16)[3], dim=1)
    assert typicality(features).argmax() > 60  # normalised, the far end is the dense one
    assert typicality(features[:1]).tolist() == [1.0]


def test_the_unsure_orders_ask_where_the_network_is_unsure():
    heads = torch.full((50, 3), 0.01)
    heads[:, 0] = 0.98
    heads[7] = torch.tensor([0.34, 0.33, 0.33])  # highest entropy
    heads[9] = torch.tensor([0.5, 0.5, 0.0])  # smallest margin
    now = Known(torch.randn(50, 8, generator=dice()), torch.full((50,), UNKNOWN), 3, (heads,))
    assert ORDERS["entropy"].ask(now, 1, dice()).tolist() == [7]
    assert ORDERS["margin"].ask(now, 1, dice()).tolist() == [9]


def test_disagreement_asks_where_two_say_different_things_and_not_where_both_are_unsure():
    one = torch.full((50, 2), 0.5)
    other = one.clone()
    one[11], other[11] = torch.tensor([0.9, 0.1]), torch.tensor([0.1, 0.9])
    now = Known(torch.randn(50, 8, generator=dice()), torch.full((50,), UNKNOWN), 2, (one, other))
    assert ORDERS["disagreement"].ask(now, 1, dice()).tolist() == [11]


def test_unmet_finds_the_clouds_that_no_label_is_in_and_then_the_rarest_class():
    features, which = clouds([60, 60, 20, 20])
    labels = torch.full((160,), UNKNOWN)
    labels[0], labels[70] = 0, 1
    assert sorted(which[ORDERS["unmet"].ask(Known(features, labels, 4), 2, dice())].tolist()) == [2, 3]
    labels[[1, 2, 121, 141]] = torch.tensor([0, 0, 2, 3])
    labels[[71, 72, 122]] = torch.tensor([1, 1, 2])
    sure = torch.nn.functional.one_hot(which, 4).float()
    assert which[ORDERS["unmet"].ask(Known(features, labels, 4, (sure,)), 3, dice())].tolist() == [3, 3, 3]


def test_the_mixture_is_typical_with_few_labels_and_unsure_with_many():
    mixture, features = ORDERS["mixture"], clouds([100, 100])[0]
    heads = (torch.rand(200, 2, generator=dice()).softmax(dim=1),)
    few, many = torch.full((200,), UNKNOWN), torch.full((200,), UNKNOWN)
    few[[0, 150]] = torch.tensor([0, 1])
    many[:10], many[100:110] = 0, 1
    typical = ORDERS["typical"].ask(Known(features, few, 2, heads), 5, dice())
    assert mixture.ask(Known(features, few, 2, heads), 5, dice()).tolist() == typical.tolist()
    unsure = ORDERS["margin"].ask(Known(features, many, 2, heads), 5, dice())
    assert mixture.ask(Known(features, many, 2, heads), 5, dice()).tolist() == unsure.tolist()


def test_axes_keep_distances_where_they_are_all_kept_and_are_the_same_each_time():
    rows = torch.randn(40, 6, generator=dice())
    spots = along_axes(rows)
    assert torch.allclose(torch.pdist(spots), torch.pdist(rows), atol=1e-4)
    assert torch.equal(spots, along_axes(rows))
    assert (spots.std(dim=0).diff() <= 1e-5).all()
    assert along_axes(rows, 2).shape == (40, 2)


def test_cards_and_measured_verdicts_need_no_torch():
    code = (
        "import sys, ssl_core.label.order_cards, ssl_core.label.measured, ssl_core.label.acts\n"
        "print([m for m in ('torch', 'sklearn', 'numpy') if m in sys.modules])"
    )
    seen = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"
