"""A second look finds wrong labels, says why, and what was answered is not asked again."""

from __future__ import annotations

import dataclasses
import time

import pytest

from ssl_core.label import second_look
from ssl_core.label.axes import places
from ssl_core.label.journal import Journal
from ssl_core.label.second_look import SecondLook, reasons, still_open
from tests.label.lines import as_seen, line, of_rows


@pytest.fixture(scope="module")
def data():
    return as_seen(rows=90)


@pytest.fixture(scope="module")
def spots(data):
    return places(data)


@pytest.fixture
def mine(store, data, spots):
    """A session of 90 pictures, 60 labelled: number 1 wrongly, 2 and 3 nearly the same with different labels."""
    spots = spots.clone()
    spots[2] = spots[1] + 1e-4
    mine = of_rows(data, spots)
    truth = [mine.data.card.classes[int(label)] for label in mine.data.labels[:60]]
    truth[0] = other(truth[0])
    truth[2] = other(truth[1])
    mine.journal.say("anna", dict(zip(mine.pictures.numbers[:60], truth, strict=True)), "imported")
    return mine


def other(name: str) -> str:
    return f"class {(int(name[-1]) + 1) % 3}"


def found(mine):
    return reasons(mine.now(), mine.spots, mine.pictures, line(mine.spots, 3))


def of(found, *pictures):
    return [reason for reason in found if set(pictures) & set(reason.pictures)]


def test_a_wrong_label_and_two_labels_of_nearly_one_picture_are_found_with_their_reasons(mine):
    all_of_them = found(mine)
    (wrong,) = of(all_of_them, "1")
    assert wrong.kind == "doubted" and wrong.rather == mine.data.card.classes[int(mine.data.labels[0])]
    assert wrong.rather in wrong.words and wrong.labels[0] in wrong.words
    (copies,) = [reason for reason in of(all_of_them, "2", "3") if reason.kind == "copies"]
    assert set(copies.pictures) == {"2", "3"} and set(copies.labels) == {mine.journal.said().label(n) for n in "23"}


@pytest.mark.parametrize("answer", ["keep", "change", "leave out"])
def test_what_was_answered_is_not_asked_again_until_it_is_taken_back(mine, answer):
    (wrong,) = of(found(mine), "1")
    label = {"keep": wrong.labels[0], "change": wrong.rather, "leave out": None}[answer]
    mine.journal.say("ben", {"1": label}, "checked")
    assert of(still_open(found(mine), mine.journal.said()), "1") == []
    assert of(still_open([wrong], mine.journal.said()), "1") == []
    mine.journal.undo("ben")
    assert still_open([wrong], mine.journal.said()) == [wrong]


def test_a_pair_is_open_until_both_are_checked_or_one_has_another_label(mine):
    pair = next(reason for reason in found(mine) if reason.kind == "copies" and set(reason.pictures) == {"2", "3"})
    labels = dict(zip(pair.pictures, pair.labels, strict=True))
    mine.journal.say("ben", {"2": labels["2"]}, "checked")
    assert still_open([pair], mine.journal.said()) == [pair]
    mine.journal.say("ben", {"3": labels["3"]}, "checked")
    assert still_open([pair], mine.journal.said()) == []
    mine.journal.undo("ben")
    mine.journal.say("anna", {"3": labels["2"]})
    assert still_open([pair], mine.journal.said()) == []


def test_a_stranger_without_a_label_can_be_left_out(mine):
    spots = mine.spots.clone()
    spots[80] = 50.0
    mine = dataclasses.replace(mine, spots=spots)
    (stranger,) = of(found(mine), mine.pictures.numbers[80])
    assert (stranger.kind, stranger.labels) == ("stranger", (None,))
    assert still_open([stranger], mine.journal.said()) == [stranger]
    mine.journal.say("ben", {stranger.pictures[0]: None}, "checked")
    assert still_open([stranger], mine.journal.said()) == []


def test_it_looks_aside_once_for_equal_labels_and_again_for_others(mine, monkeypatch):
    looks = []
    monkeypatch.setattr(second_look, "_line", lambda now: looks.append(1) or line(mine.spots, 3))
    look = SecondLook(dataclasses.replace(mine, journal=Journal("digits", mine.journal.own)))
    assert look.found is None
    done(look)
    assert of(look.found, "1") and look.wrong == ""
    done(look)
    mine.journal.say("ben", {"1": look.found[0].labels[0]}, "checked")
    mine.journal.skip("ben", [mine.pictures.numbers[70]])
    done(look)
    assert len(looks) == 1, "no label changed"
    mine.journal.say("anna", {mine.pictures.numbers[80]: "class 1"})
    done(look)
    assert len(looks) == 2


def test_a_look_that_goes_wrong_says_so(mine, monkeypatch, capsys):
    monkeypatch.setattr(second_look, "reasons", lambda *what: 1 / 0)
    look = SecondLook(dataclasses.replace(mine, journal=Journal("digits", mine.journal.own)))
    done(look)
    assert look.found is None and "ZeroDivisionError" in look.wrong and look.wrong.endswith(".")
    assert "Traceback" in capsys.readouterr().err, "the server's log has the rest"


def done(look):
    look.wake()
    limit = time.monotonic() + 240
    while look.busy:
        assert time.monotonic() < limit
        time.sleep(0.01)
