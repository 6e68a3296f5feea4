"""What must hold for every order: a new card is tested the day it is added."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from ssl_core.data.card import UNKNOWN
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.orders import ORDERS, Known, order_named
from ssl_core.label.orders.contract import NEAR
from ssl_core.method_cards import MARKERS

CLASSES = 4
every_order = pytest.mark.parametrize("order", ORDERS)
networks = pytest.mark.parametrize("heads", [0, 1, 2])


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


def known(rows=60, labelled=8, heads=2, seed=0, features=None):
    """Pictures in four clouds, some of them labelled, and networks that say anything."""
    generator = dice(seed)
    truth = torch.arange(rows) % CLASSES
    if features is None:
        centres = 3 * torch.randn(CLASSES, 12, generator=generator)
        features = centres[truth] + torch.randn(rows, 12, generator=generator)
    labels = torch.full((rows,), UNKNOWN)
    chosen = torch.randperm(rows, generator=generator)[:labelled]
    labels[chosen] = truth[chosen]
    answers = tuple(torch.softmax(torch.randn(rows, CLASSES, generator=generator), dim=1) for _ in range(heads))
    return Known(features, labels, CLASSES, answers)


@every_order
@networks
@pytest.mark.parametrize("labelled", [0, 1, 8, 59])
def test_it_asks_for_as_many_new_pictures_as_it_may(order, heads, labelled):
    now = known(labelled=labelled, heads=heads)
    rows = ORDERS[order].ask(now, 7, dice())
    assert rows.dtype == torch.int64
    assert len(rows) == len(rows.unique()) == min(7, 60 - labelled)
    assert (now.labels[rows] == UNKNOWN).all()


@every_order
@networks
def test_it_never_asks_for_what_is_closed(order, heads):
    now = known(heads=heads)
    closed = torch.zeros(60, dtype=torch.bool)
    closed[:50] = True
    rows = ORDERS[order].ask(now._replace(closed=closed), 60, dice())
    assert sorted(rows.tolist()) == [row for row in range(50, 60) if now.labels[row] == UNKNOWN]


@every_order
def test_equal_seeds_ask_for_equal_pictures_and_the_global_seed_changes_nothing(order):
    now = known()
    torch.manual_seed(1)
    one = ORDERS[order].ask(now, 10, dice(5))
    torch.manual_seed(2)
    assert ORDERS[order].ask(now, 10, dice(5)).tolist() == one.tolist()


@every_order
@networks
@pytest.mark.parametrize("labelled", [0, 8])
def test_near_copies_are_asked_about_together_only_where_all_others_are_asked_about(order, heads, labelled):
    kinds = torch.randn(12, 30, generator=dice())
    copies = kinds.repeat(5, 1) + 0.01 * torch.randn(60, 30, generator=dice(1))
    now = known(features=copies, heads=heads, labelled=labelled)
    free = {row % 12 for row in now.open.tolist()}
    rows = ORDERS[order].ask(now, len(free), dice())
    assert {row % 12 for row in rows.tolist()} == free
    unit = F.normalize(copies, dim=1)[rows]
    assert ((unit @ unit.T).fill_diagonal_(0) < NEAR).all()
    assert len(ORDERS[order].ask(now, 40, dice())) == 40


@every_order
@networks
def test_the_last_picture_is_asked_about_and_then_none(order, heads):
    now = known(rows=20, labelled=19, heads=heads)
    assert ORDERS[order].ask(now, 3, dice()).tolist() == now.open.tolist()
    assert len(now.open) == 1
    assert len(ORDERS[order].ask(known(rows=20, labelled=20, heads=heads), 3, dice())) == 0


@every_order
def test_pictures_that_are_all_alike_or_a_single_one_do_no_harm(order):
    assert len(ORDERS[order].ask(known(features=torch.ones(60, 12)), 5, dice())) == 5
    assert ORDERS[order].ask(known(rows=1, labelled=0), 5, dice()).tolist() == [0]


@every_order
def test_all_labels_of_one_class_are_no_trouble(order):
    now = known(labelled=0)
    labels = now.labels.clone()
    labels[:10] = 2
    certain = F.one_hot(torch.full((60,), 2), CLASSES).float()
    rows = ORDERS[order].ask(now._replace(labels=labels, heads=(certain, certain)), 6, dice())
    assert len(rows) == 6
    assert (rows >= 10).all()


@every_order
def test_its_card_says_what_a_person_must_know(order):
    card = ORDER_CARDS[order]
    for text in (card.idea, card.fails, card.paper):
        assert text.endswith((".", "paper here."))
        assert len(text) > 20
    assert card.marker in MARKERS
    looks = [(other.colour, other.marker) for other in ORDER_CARDS.values()]
    assert len(set(looks)) == len(looks)


def test_an_order_that_is_none_is_a_sentence_with_those_there_are():
    with pytest.raises(ValueError, match=r"There is no order 'best'\. Choose one of random, typical,"):
        order_named("best")
