"""The next pictures are at hand before they are needed, and several people's questions never meet."""

from __future__ import annotations

import random
import threading
import time
import zlib
from types import SimpleNamespace

import pytest

from ssl_core.label import teaching
from ssl_core.label.ahead import FEWEST, SOME, Ahead
from ssl_core.label.teaching import Teacher
from tests.label.lines import session

NOBODY = SimpleNamespace(answers=(), tested=True)


@pytest.fixture
def one(store, monkeypatch):
    """one(who) -> what this person is asked, of the same 200 clouds as everybody."""
    mine = session(store)
    monkeypatch.setattr("ssl_core.label.ahead.WAIT", 240.0)  # or a slow machine would look like one that has no more

    def ahead(who, order="random"):
        own = type(mine)(mine.data, mine.journal.another(), mine.pictures, mine.spots)
        return Ahead(own, who, order, NOBODY, seed=zlib.crc32(who.encode()) % 1000)

    return ahead


def settled(ahead):
    """What is at hand when nothing is asked for aside."""
    mine, limit = ahead.at_hand(), time.monotonic() + 240
    while not ahead._free.is_set() and time.monotonic() < limit:
        time.sleep(0.005)
    return ahead.at_hand() or mine


def test_a_slow_order_is_asked_aside_while_pictures_are_at_hand(one, monkeypatch):
    anna = one("anna")
    rows = [question.row for question in settled(anna)]
    assert len(rows) == SOME
    go_on, slow = threading.Event(), type(anna.session).propose
    monkeypatch.setattr(type(anna.session), "propose", lambda *a, **k: go_on.wait(240) and slow(*a, **k))
    numbers, journal = anna.session.pictures.numbers, anna.session.journal
    for gone, row in enumerate(rows[:-1], 1):  # nothing of this waits for the order
        journal.say("anna", {numbers[row]: "class 0"})
        assert [question.row for question in anna.at_hand()] == rows[gone:]
    assert SOME - len(anna.at_hand()) > FEWEST
    go_on.set()
    more = [question.row for question in settled(anna)]
    assert len(more) == SOME
    assert more[0] == rows[-1], "what was at hand stays in front"
    assert not {*more} & {*rows[:-1]}


def test_who_gets_none_of_what_was_proposed_asks_again(one):
    """Ten ask the same order for the same pictures in the same moment: all are served, none alike."""
    people = [one(f"person {n}", "unmet") for n in range(10)]
    for person in people:
        person.seed = 5
    first = [{question.row for question in settled(person)} for person in people]
    assert all(first)
    assert sum(map(len, first)) == len(set.union(*first))


def test_what_is_undone_is_in_front_again_unless_somebody_else_has_it(one):
    anna, ben = one("anna"), one("ben")
    (question, *_), numbers = settled(anna), anna.session.pictures.numbers
    settled(ben)
    anna.session.journal.say("anna", {numbers[question.row]: "class 0"})
    settled(anna)
    anna.session.journal.undo("anna")
    anna.again(question.row, "random")
    assert anna.at_hand()[0] == question
    assert question.row not in {q.row for q in settled(ben)}
    theirs = settled(ben)[0].row
    anna.again(theirs, "random")
    assert anna.at_hand()[0] == question


def test_what_goes_wrong_aside_is_a_sentence_where_nothing_is_at_hand(one, monkeypatch):
    anna = one("anna")

    def broken(*args, **facts):
        raise ValueError("The lock is held.")

    monkeypatch.setattr(type(anna.session), "propose", broken)
    with pytest.raises(ValueError, match="The lock is held"):
        settled(anna)


def test_ten_labellers_at_once_lose_no_click_and_are_asked_about_no_picture_twice(one):
    """The truths of tests/benchmarks/labellers.py, in threads: 200 pictures, ten people, all of them, each once."""
    pressed: dict[str, list[str]] = {}
    went_wrong = []

    def label(who):
        try:
            ahead, draws = one(who, random.Random(who).choice(["random", "unmet"])), random.Random(who)
            pressed[who] = []
            while questions := ahead.at_hand():
                number = ahead.session.pictures.numbers[questions[0].row]
                ahead.session.journal.say(who, {number: f"class {draws.randrange(3)}"})
                pressed[who].append(number)
        except Exception as wrong:
            went_wrong.append(wrong)

    threads = [threading.Thread(target=label, args=(f"person {n}",)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert went_wrong == []
    said = one("anybody").session.journal.said()
    clicks = [number for numbers in pressed.values() for number in numbers]
    assert said.acts == len(clicks) == len({*clicks}) == 200
    assert {picture: next(iter(words)) for picture, words in said.words.items()} == {
        number: who for who, numbers in pressed.items() for number in numbers
    }


def test_an_order_that_fails_says_so_instead_of_that_nothing_is_left(one, monkeypatch, capsys):
    anna = one("anna")
    monkeypatch.setattr(type(anna.session), "propose", lambda *what, **how: 1 / 0)
    with pytest.raises(ValueError, match=r"ZeroDivisionError.+\.$"):
        settled(anna)
    assert "Traceback" in capsys.readouterr().err


def test_lines_that_fail_say_so_and_are_not_taught_the_same_again(one, monkeypatch, capsys):
    teacher, taught = Teacher(one("anna").session), []
    monkeypatch.setattr(teaching, "PAUSE", 0.0)
    monkeypatch.setattr(teacher, "_learn", lambda acts: taught.append(acts) or 1 / 0)
    for _ in range(2):
        teacher.wake()
        limit = time.monotonic() + 240
        while teacher.busy and time.monotonic() < limit:
            time.sleep(0.005)
    assert len(taught) == 1 and "ZeroDivisionError" in teacher.wrong and teacher.wrong.endswith(".")
    assert "Traceback" in capsys.readouterr().err
