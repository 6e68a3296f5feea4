"""A game and disagreements as Streamlit runs them: budgets, boards, links, and whose word counts."""

from __future__ import annotations

import dataclasses
import time

import pytest

from ssl_core.data import card, load
from ssl_core.label import match as matches
from ssl_core.label.game import begin, find
from ssl_core.label.journal import Journal
from ssl_core.label.pictures import pictures_of
from ssl_core.label.session import Session
from ssl_core.label.teaching import Teacher
from tests.label.lines import as_seen
from tests.pages.conftest import PATIENT, problems

CLASSES = card("digits").classes


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine that has played at once: what it does aside is told by tests/label/test_game.py."""

    def play(self, order, repeat):
        self._played[order, repeat] = matches.Played([(3, 0.3), (10, 0.5), (self._budget, 0.6)], ["1", "2"])

    monkeypatch.setattr(matches.Match, "_play", play)
    monkeypatch.setattr(matches.Match, "_reached", lambda self, labels, seed: 0.7)


@pytest.fixture(scope="module")
def seen():
    digits = load("digits")
    data = as_seen(rows=len(digits.labels), classes=10, width=64)
    return dataclasses.replace(data, card=dataclasses.replace(data.card, classes=CLASSES)), pictures_of(digits)


@pytest.fixture
def look(visit, seen, monkeypatch):
    """look(label_view=...) -> the page with open pictures; nobody learns aside."""
    data, pictures = seen
    mine = Session(data, Journal("digits", CLASSES), pictures, data.images)
    monkeypatch.setattr("ssl_core.label.opening.opened", lambda *facts: mine)
    monkeypatch.setattr(Teacher, "wake", lambda self: None)

    def go(**query):
        at = visit("label.py", **query)
        limit = time.monotonic() + PATIENT
        while at.get("status"):
            assert time.monotonic() < limit
            time.sleep(0.1)
            at.run()
        assert problems(at) == []
        return at

    return go


def texts(at) -> str:
    return " ".join(part.value for part in [*at.markdown, *at.caption, *at.info, *at.success, *at.warning])


def until(at, words):
    limit = time.monotonic() + PATIENT
    while words not in texts(at):
        assert time.monotonic() < limit, texts(at)
        time.sleep(0.05)
        at.run()
    assert problems(at) == []


def test_against_the_machine_says_where_one_stands_and_begins_a_game(look):
    journal = Journal("digits", CLASSES)
    at = look(label_begun="digits", label_view="machine", label_budget="10")
    assert "**0 of 10 labels spent by you**" in texts(at)
    numbers = at.session_state["label_session"][1].pictures.numbers
    for number in dict.fromkeys(numbers[:12]):
        journal.say("me", {number: "3"})
        journal.say("Ann", {number: "4"})
    at.run()
    until(at, "With 10 labels you reached **70.0 %**")
    until(at, "ahead of 7 of the machine's 7 orders.")
    assert "**10 of 10 labels spent by you**" in texts(at)
    at.button(key="label_begin_game").click().run()
    assert problems(at) == []
    code = at.session_state["label_game"]
    assert (find(code).data, find(code).budget) == ("digits", 10)
    assert "**10 of 10 labels left.**" in texts(at), "what was labelled before is no part of a game"


def test_a_class_plays_by_its_link_and_each_spends_a_budget(look):
    game = begin(card("digits"), 10)
    at = look(label_game=game.code)
    until(at, "Choose a nickname first")
    assert not any((b.key or "").startswith("label_game_say") for b in at.button)
    at.text_input(key="label_who").set_value("Ada").run()
    table = game.table(at.session_state["label_session"][1].pictures.numbers)
    for place in range(9):
        game.say(game.journal(CLASSES), "Ada", table[place], "7")
    for place in (9,):
        at.session_state["label_chosen"] = {0: place}
        at.run()
        at.button(key=f"label_game_say_7_{table[place]}").click().run()
        assert problems(at) == []
    until(at, "**0 of 10 labels left.**")
    until(at, "With 10 labels you reached **70.0 %**")
    spent = game.spent(game.journal(CLASSES).acts())
    assert spent == {"Ada": dict.fromkeys(table[:10], "7")}
    at.session_state["label_chosen"] = {0: 11}
    at.run()
    assert not any((b.key or "").startswith("label_game_say") for b in at.button), "nothing is left to spend"
    at.session_state["label_chosen"] = {0: 3}
    at.run()
    at.button(key=f"label_game_say_2_{table[3]}").click().run()
    assert game.spent(game.journal(CLASSES).acts())["Ada"][table[3]] == "2"
    at.button(key="label_board_alone_button").click().run()
    assert problems(at) == []
    assert f"{card('digits').title}: 10 labels each".replace(",", "") in texts(at).replace(",", "")
    at.button(key="label_leave").click().run()
    assert "label_game" not in at.query_params
    assert any(selectbox.key == "label_data" for selectbox in at.selectbox)


@pytest.mark.parametrize("code", ["nosuch", "../../x", "<b>x</b>", "abcdef"])
def test_a_link_of_no_game_is_a_sentence_over_the_usual_page(visit, code):
    at = visit("label.py", label_game=code)
    assert problems(at) == []
    assert any("There is no game" in warning.value for warning in at.warning)
    assert any(selectbox.key == "label_data" for selectbox in at.selectbox)


def test_a_disagreement_is_shown_taken_or_left_open_and_nobodys_word_is_lost(look):
    at = look(label_begun="digits", label_view="disputes")
    assert "Nobody contradicts anybody." in texts(at)
    numbers, journal = at.session_state["label_session"][1].pictures.numbers, Journal("digits", CLASSES)
    for number in numbers[:2]:
        journal.say("Ann", {number: "3"})
        journal.say("Ben", {number: "5"})
    at.run()
    assert "**People disagree about 2 pictures**" in texts(at)
    assert "Ann: **3**; Ben: **5**. Counts as unlabelled now." in texts(at)
    at.button(key=f"label_leave_{numbers[0]}").click().run()
    assert not any(button.key == f"label_take_0_{numbers[0]}" for button in at.button)
    assert journal.said().disputed().keys() == {*numbers[:2]}, "left open is no answer"
    at.button(key=f"label_take_1_{numbers[1]}").click().run()
    assert problems(at) == []
    said = journal.said()
    assert (said.label(numbers[1]), said.label(numbers[0])) == ("5", None)
    assert said.words[numbers[1]]["Ann"].label == "3"
    assert "me took **5** of picture 1; Ann said 3." in texts(at)
    journal.say("Ben", {numbers[0]: "9"})
    at.run()
    assert any(button.key == f"label_take_0_{numbers[0]}" for button in at.button), "somebody said something else"
