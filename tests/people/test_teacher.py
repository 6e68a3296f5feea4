"""The teacher's word: who says it sits at the desk, it stands nowhere else, and it cannot be guessed by trying."""

from __future__ import annotations

import hmac
import os

import pytest

from ssl_core.people import teacher
from ssl_core.people.teacher import NOT_THE_TEACHER, TOO_OFTEN, TRIES, TRIES_OF_ALL, WRONG, Desk, NotTheTeacher

LAPTOP, PHONE, PUPIL = "1" * 32, "2" * 32, "3" * 32
WORD = "chalk-and-talk"


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(teacher.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def opened():
    teacher.opened.cache_clear()
    yield teacher.opened
    teacher.opened.cache_clear()


def test_who_says_the_word_is_the_teacher_and_nobody_else():
    desk = Desk(WORD)
    assert desk.say(PUPIL, "chalk") == desk.say(PUPIL, "") == desk.say("", WORD) == WRONG
    assert desk.say(LAPTOP, f" {WORD}\n") == desk.say(PHONE, WORD) == ""
    assert (desk.seats(LAPTOP), desk.seats(PHONE), desk.seats(PUPIL), desk.seats(""), desk.count) == (1, 1, 0, 0, 2)
    with pytest.raises(NotTheTeacher, match=NOT_THE_TEACHER):
        desk.sit_alone(PUPIL)
    desk.sit_alone(LAPTOP)
    assert (desk.seats(LAPTOP), desk.seats(PHONE)) == (True, False)
    desk.leave(LAPTOP)
    assert not desk.seats(LAPTOP)


def test_it_is_compared_in_constant_time_whatever_was_said(monkeypatch):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: bool(compared.append((len(one), len(other)))))
    for said in ("", "c", WORD, WORD * 1000, "\ud800ö"):
        assert Desk(WORD).say(LAPTOP, said) == WRONG
    assert compared == [(32, 32)] * 5


def test_a_few_tries_a_minute_also_of_whoever_throws_cookies_away(clock):
    desk = Desk(WORD)
    assert [desk.say(PUPIL, str(number)) for number in range(TRIES)] == [WRONG] * TRIES
    assert desk.say(PUPIL, WORD) == TOO_OFTEN
    assert desk.say(LAPTOP, WORD) == "", "another browser still may"
    said = [desk.say(f"{number:032}", "chalk") for number in range(TRIES_OF_ALL)]
    assert said.count(WRONG) == TRIES_OF_ALL - TRIES - 1
    assert desk.say(PHONE, WORD) == TOO_OFTEN
    assert desk.seats(LAPTOP), "who sits stays"
    clock[0] += teacher.MINUTE
    assert (desk.say(PUPIL, "chalk"), desk.say(PHONE, WORD)) == (WRONG, "")
    assert len(desk._tries) <= 3, "old tries are forgotten"


def test_the_word_of_the_settings_is_taken_out_of_them(opened, monkeypatch):
    monkeypatch.setenv("SSL_TEACHER", WORD)
    desk, made = opened()
    assert made == "" and desk.say(LAPTOP, WORD) == ""
    assert "SSL_TEACHER" not in os.environ, "runs do not get to know it"
    assert WORD not in repr(vars(desk)) and teacher.desk() is desk


def test_without_one_a_word_is_made_up_each_time_another(opened, monkeypatch):
    monkeypatch.delenv("SSL_TEACHER", raising=False)
    words = set()
    for _ in range(3):
        opened.cache_clear()
        desk, made = opened()
        assert len(made) == teacher.MADE and desk.say(LAPTOP, made) == ""
        words.add(made)
    assert len(words) == 3


@pytest.mark.parametrize("word", ["abc", " a  ", "x" * 201])
def test_a_word_that_is_guessed_at_once_is_a_sentence(opened, monkeypatch, word):
    monkeypatch.setenv("SSL_TEACHER", word)
    with pytest.raises(ValueError, match=r"^SSL_TEACHER must be a word of 4 to 200 letters: .+\.$"):
        opened()
