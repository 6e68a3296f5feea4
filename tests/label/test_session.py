"""A budget spent through the path that a page takes: asked, answered, written down, learned, estimated."""

from __future__ import annotations

import dataclasses
import threading

import pytest
import torch

from ssl_core.data.card import UNKNOWN
from ssl_core.label.annotators import Annotator
from ssl_core.label.axes import places
from ssl_core.label.estimate import estimate
from ssl_core.label.heads import HEADS, answers, fit, fit_both
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.orders import ORDERS
from ssl_core.label.questions import drawn_rows
from ssl_core.label.simulated import BALANCED, spend
from ssl_core.label.suspicious import doubted
from tests.label.lines import as_seen, line, session


def sit_through(open_session, budget, order="typical", wrong=0.0, who="anna", share=0.3):
    """Ask, answer and write down until the budget is spent; both lines are taught anew after every ten answers."""
    data, heads = open_session.data, ()
    person = Annotator(data.labels, len(data.card.classes), wrong)
    while (done := len(open_session.journal.said().labels())) < budget:
        for question in open_session.ask(order, who, min(10, budget - done), heads=heads, share=share):
            label = data.card.classes[int(person.say(torch.tensor([question.row]))[0])]
            open_session.journal.say(who, {open_session.pictures.numbers[question.row]: label}, order=question.order)
        if ORDER_CARDS[order].heads:
            heads = answers(data, fit_both(open_session.now(), open_session.now().labels))


@pytest.mark.parametrize("order", ["typical", "mixture"])
def test_forty_right_answers_teach_both_lines(store, order):
    mine = session(store)
    sit_through(mine, 40, order)
    now = mine.now()
    assert int((now.labels != UNKNOWN).sum()) == 40
    assert (now.labels == mine.data.labels)[now.labels != UNKNOWN].all()
    for head in fit_both(now, now.labels):
        assert head.accuracy(now.test_images, now.test_labels) > 0.8
    drawn = drawn_rows(mine.pictures.rows_of(mine.journal.said().drawn()), len(now.labels))
    assert 3 <= int(drawn.sum()) < 40
    told = estimate(line(mine.spots, 3), now.labels, drawn)
    assert told.labels == 40


def test_somebody_who_is_wrong_now_and_then_is_found_out(store):
    mine = session(store)
    sit_through(mine, 80, "random", wrong=0.1)
    now = mine.now()
    wrong = set(torch.nonzero((now.labels != UNKNOWN) & (now.labels != mine.data.labels))[:, 0].tolist())
    rows = {
        doubt.row
        for doubt in doubted(lambda labels: fit(now, labels, "supervised").probabilities(now.images), now.labels)
    }
    assert len(wrong) >= 3
    assert len(wrong & rows) >= 0.7 * len(wrong)
    assert len(rows - wrong) <= 8


@pytest.mark.parametrize("order", ORDERS)
def test_nobody_is_asked_what_was_said_skipped_or_lies_before_another(store, order):
    mine = session(store, rows=30)
    numbers = mine.pictures.numbers
    mine.journal.say("anna", {numbers[0]: "class 1"})
    mine.journal.say("anna", {numbers[1]: None})
    mine.journal.skip("ben", numbers[2:4])
    before_anna = {question.row for question in mine.ask(order, "anna", 5)}
    before_ben = {question.row for question in mine.ask(order, "ben", 30)}
    assert len(before_anna) == 5
    assert before_ben == set(range(4, 30)) - before_anna
    assert mine.ask(order, "cleo", 5) == [] or {q.row for q in mine.ask(order, "cleo", 5)} <= {2, 3}


def test_what_is_at_hand_stays_theirs_while_more_is_asked_for(store):
    mine = session(store, rows=30)
    first = [question.row for question in mine.ask("random", "anna", 4)]
    more = [question.row for question in mine.ask("random", "anna", 3, at_hand=first[2:])]
    assert not set(more) & set(first[2:])
    theirs = {question.row for question in mine.ask("random", "ben", 30)}
    assert theirs == set(range(30)) - {*more, *first[2:]}


def test_a_new_session_goes_on_where_an_old_one_was_killed(store):
    mine = session(store)
    sit_through(mine, 20)
    again = session(store)
    assert torch.equal(again.now().labels, mine.now().labels)
    asked = again.ask("typical", "anna", 4, seed=3)
    assert [q.row for q in session(store).ask("typical", "anna", 4, seed=3)] == [q.row for q in asked]


def test_ten_people_at_once_are_asked_different_pictures_and_lose_no_click(store):
    asked, mine = [], session(store, rows=80)

    def label(who):
        own = dataclasses.replace(mine, journal=session(store, rows=80).journal)
        while questions := own.ask("random", who, 2):
            for question in questions:
                asked.append(question.row)
                own.journal.say(who, {own.pictures.numbers[question.row]: "class 0"})

    people = [threading.Thread(target=label, args=(f"p{n}",)) for n in range(10)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(asked) == list(range(80))
    assert len(session(store, rows=80).journal.said().labels()) == 80


def test_a_line_gives_no_probability_to_a_class_it_has_not_met():
    data = as_seen(classes=4)
    labels = torch.where((data.labels == 1) | (data.labels == 3), data.labels, UNKNOWN)
    labels[20:] = UNKNOWN
    for method in HEADS:
        said = fit(data, labels, method).probabilities(data.images)
        assert said.shape == (200, 4)
        assert (said[:, [0, 2]] == 0).all()
        assert torch.allclose(said.sum(dim=1), torch.ones(200), atol=1e-5)


def test_one_class_alone_is_answered_with_and_none_is_a_sentence():
    data = as_seen()
    labels = torch.full_like(data.labels, UNKNOWN)
    with pytest.raises(ValueError, match="Nobody has said the class of any picture yet"):
        fit(data, labels, "fixmatch")
    labels[5] = 2
    assert (fit(data, labels, "fixmatch").probabilities(data.images) == torch.tensor([0.0, 0.0, 1.0])).all()


def test_equal_labels_teach_the_same_line_and_hidden_ones_are_not_looked_at():
    data = as_seen()
    labels = torch.where(torch.arange(200) < 20, data.labels, UNKNOWN)
    one = fit(data, labels, "fixmatch", seed=1)
    other = fit(dataclasses.replace(data, labels=torch.zeros_like(data.labels)), labels, "fixmatch", seed=1)
    assert torch.equal(one.probabilities(data.images), other.probabilities(data.images))
    assert not torch.equal(
        one.probabilities(data.images), fit(data, labels, "fixmatch", seed=2).probabilities(data.images)
    )


def test_fixmatch_learns_from_pictures_without_a_label():
    """Three labels, one a cloud: the line that saw all pictures is ahead of the one that saw three."""
    right = dict.fromkeys(HEADS, 0.0)
    for seed in range(5):
        data = as_seen(apart=1.2, seed=seed)
        labels = torch.full_like(data.labels, UNKNOWN)
        for label in range(3):
            labels[int(torch.nonzero(data.labels == label)[0])] = label
        for method in HEADS:
            right[method] += fit(data, labels, method).accuracy(data.test_images, data.test_labels)
    assert right["fixmatch"] > right["supervised"]


@pytest.mark.parametrize("order", [BALANCED, *ORDERS])
def test_a_simulated_budget_is_spent_to_the_last_label_and_no_further(order, quick):
    data = as_seen(rows=60)
    spots = places(data)
    rounds = list(spend(data, spots, order, (3, 6, 10), seed=1))
    assert [int((spent.labels != UNKNOWN).sum()) for spent in rounds] == [3, 6, 10]
    asked = torch.cat([spent.rows for spent in rounds])
    assert len(asked.unique()) == 10
    assert (rounds[-1].labels[asked] == data.labels[asked]).all()
    again = list(spend(data, spots, order, (3, 6, 10), seed=1))
    assert torch.equal(again[-1].labels, rounds[-1].labels)
    assert list(spend(data, spots, order, (3, 6), seed=1, stop=lambda: True)) == []
