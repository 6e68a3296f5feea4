"""Many at once: what stands on the wall, what is confirmed, and what a lasso on the map catches."""

from __future__ import annotations

import pytest
import torch

from ssl_core.data.card import UNKNOWN
from ssl_core.label.acts import answered
from ssl_core.label.axes import places
from ssl_core.label.turns import take, taken
from ssl_core.label.wall import GONE, met, nothing_yet, picked, say_all, wall
from tests.label.lines import as_seen, line, of_rows


@pytest.fixture(scope="module")
def data():
    return as_seen(rows=120)


@pytest.fixture(scope="module")
def spots(data):
    return places(data)


@pytest.fixture(scope="module")
def answer(data, spots):
    """What a line says of 120 pictures in three clouds, after ten labels."""
    return line(spots, 3)(torch.where(torch.arange(120) < 10, data.labels, UNKNOWN)).float()


@pytest.fixture
def mine(store, data, spots):
    return of_rows(data, spots)


def numbers(of, rows) -> list[str]:
    return [of.pictures.numbers[row] for row in rows]


def test_the_wall_shows_the_surest_that_the_network_calls_one_class(mine, answer):
    first = wall(mine, "anna", answer, 1, count=8)
    called = torch.nonzero(answer.argmax(dim=1) == 1)[:, 0]
    assert first.of == len(called)
    assert set(first.rows) <= set(called.tolist())
    assert list(first.sure) == sorted(first.sure, reverse=True)
    assert min(first.sure) >= max(float(answer[row, 1]) for row in called if int(row) not in first.rows)


def test_what_is_labelled_skipped_passed_over_or_before_somebody_else_is_not_on_it(mine, answer):
    whole = wall(mine, "anna", answer, 1, count=120)
    said, skipped, passed, hand, *rest = numbers(mine, whole.rows)
    mine.journal.say("ben", {said: "class 1"})
    mine.journal.skip("anna", [skipped])
    again = wall(mine, "anna", answer, 1, count=120, passed={passed}, at_hand=[hand])
    assert numbers(mine, again.rows) == rest
    before_ben = wall(mine, "ben", answer, 1, count=120)
    assert set(numbers(mine, before_ben.rows)) == {skipped, passed}, "the others lie before anna"
    assert taken(mine.journal, "ben") == {*rest, hand}


def test_a_wall_is_one_act_marked_as_bulk_and_taken_back_as_one(mine, answer):
    rows = wall(mine, "anna", answer, 2, count=10).rows
    labelled = numbers(mine, rows)[3]
    mine.journal.say("ben", {labelled: "class 0"})
    act = say_all(mine, "anna", rows, "class 2")
    assert act["how"] == "bulk" and len(act["says"]) == 9, "what ben labelled meanwhile is left alone"
    said = mine.journal.said()
    assert said.disputed() == {} and said.drawn() == set()
    with pytest.raises(ValueError, match=GONE):
        say_all(mine, "anna", rows, "class 2")
    mine.journal.undo("anna")
    assert mine.journal.said().labels() == {labelled: "class 0"}


def test_before_two_classes_are_met_there_is_no_wall(answer):
    classes = ("cat", "dog", "bird")
    assert "nothing to say yet" in nothing_yet((), classes)
    one = torch.tensor([[0.0, 1.0, 0.0]]).repeat(5, 1)
    assert "dog" in nothing_yet((one,), classes)
    assert nothing_yet((answer,), classes) == ""
    assert met((answer,)) == [0, 1, 2]


def test_a_lasso_catches_what_has_no_label_and_a_click_one_picture_whatever_it_has(mine):
    mine.journal.say("anna", {numbers(mine, [5])[0]: "class 1"})
    take(mine.journal, "ben", numbers(mine, [7]), 1)
    caught = picked(mine, "anna", [4, 5, 6, 7, 8, 9, 9, 500, -1], count=3)
    assert caught == ((4, 6, 8), 1, 2)
    assert picked(mine, "anna", [5]) == ((5,), 0, 0)
    assert picked(mine, "anna", [7]) == ((), 0, 1)
    hand = numbers(mine, [9])
    take(mine.journal, "anna", hand, 1)
    assert picked(mine, "anna", [9, 10], at_hand=hand) == ((9, 10), 0, 0)


def test_the_last_answers_of_one_person_in_their_order(journal):
    journal.say("anna", {"a1": "cat"})
    journal.skip("anna", ["a2"])
    journal.say("ben", {"b1": "cat"})
    journal.say("anna", {"a3": "cat", "a4": "cat"}, "bulk")
    journal.say("anna", {"a1": "dog"})
    assert answered(journal.acts(), "anna") == ["a2", "a1"]
    journal.undo("anna")
    assert answered(journal.acts(), "anna") == ["a1", "a2"]


def test_whoever_has_an_odd_name_can_take_back_too(journal):
    journal.say("a*b", {"a1": "cat"})
    assert journal.undo("a*b")["says"] == {"a1": "cat"}
