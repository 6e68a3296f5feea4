"""A game: everybody the same budget and table, the same labels the same worth, and what the machine did is kept."""

from __future__ import annotations

import dataclasses
import json
import time
from types import SimpleNamespace

import pytest
import torch

from ssl_core.data import card
from ssl_core.figures.game import game_chart, game_words, order_line, person_line, ranked
from ssl_core.label import match as matches
from ssl_core.label.acts import of_each
from ssl_core.label.game import BUDGETS, ROUNDS, begin, find, home, playable
from ssl_core.label.journal import Journal
from ssl_core.label.match import Match
from ssl_core.people import register
from ssl_core.runs.store import Store
from tests.label.lines import session

CLASSES = card("digits").classes


@pytest.fixture
def game(store):
    return begin(card("digits"), 10)


@pytest.fixture(scope="module")
def seen():
    return session(None, rows=80)


@pytest.fixture
def quick(seen, store, monkeypatch):
    """A session of few clouds, on which the machine plays two orders for ten labels."""
    cards = {name: matches.ORDER_CARDS[name] for name in ("random", "margin")}
    monkeypatch.setattr(matches, "ORDER_CARDS", cards)
    monkeypatch.setattr(matches, "DRAWS", 2)
    monkeypatch.setattr(matches, "REPEATS", 1)
    monkeypatch.setattr(matches, "ROUNDS", (5, 10))
    monkeypatch.setattr(matches, "QUICK", {"fixmatch": {"steps": 5}})
    return dataclasses.replace(seen, journal=Journal("digits", CLASSES))


def done(match):
    limit = time.monotonic() + 240
    while match.busy:
        assert time.monotonic() < limit
        time.sleep(0.01)
    assert match.wrong == ""


def test_a_code_finds_the_game_again_and_nothing_else_does(game):
    assert find(game.code) == game
    loud = {game.code.upper()} - {game.code}  # a code may be of digits alone
    for code in (None, "", "nosuch", "../../x", *loud, game.code + "/"):
        assert find(code) is None
    for terms in ("", "{", "[]", '{"data": "digits"}', '{"data": 3, "budget": 10, "seed": 0}',
                  '{"data": "digits", "budget": true, "seed": 0}', '{"data": "digits", "budget": 9999, "seed": 0}'):  # fmt: skip
        (game.home / "game.json").write_text(terms)
        assert find(game.code) is None


def test_everybody_has_the_same_table_whatever_row_a_picture_has(game):
    numbers = [f"{n:x}" for n in range(50)]
    table = game.table(numbers)
    assert table == game.table([*reversed(numbers), *numbers])
    assert sorted(table) == sorted(numbers) and table != sorted(numbers)
    other = dataclasses.replace(game, seed=game.seed + 1)
    assert other.table(numbers) != table


def test_a_budget_is_spent_by_each_alone_and_another_word_costs_nothing(game):
    journal = game.journal(CLASSES)
    for n in range(10):
        for who in ("ann", "ben"):
            game.say(journal, who, f"{n:x}", CLASSES[n])
    with pytest.raises(ValueError, match="All 10 labels are spent"):
        game.say(journal, "ann", "ff", CLASSES[0])
    game.say(journal, "ann", "3", CLASSES[7])
    spent = game.spent(journal.acts())
    assert {who: len(words) for who, words in spent.items()} == {"ann": 10, "ben": 10}
    assert list(spent["ann"]) == [f"{n:x}" for n in range(10)], "what was said otherwise keeps its place"
    assert (spent["ann"]["3"], spent["ben"]["3"]) == (CLASSES[7], CLASSES[3])
    assert Journal("digits", CLASSES).said().acts == 0, "a game is no work on the set's own labels"


def test_who_takes_another_nickname_in_a_class_is_no_new_player(game, store, monkeypatch):
    runs = Store(home().parent)
    register.call(runs, "1" * 32, "Ann")
    journal = game.journal(CLASSES, runs)
    for number in range(10):
        game.say(journal, "Ann", f"{number:x}", "7")
    register.call(runs, "1" * 32, "Mia")
    with open(journal.path, "a") as file:
        file.write('{"who": 7}\n[]\n{"who": "Ann", "when": null}\n')  # lines by hand are passed over
    for mode, players in (("1", ["Mia"]), ("", ["Ann"])):  # alone, the next one may play at the same browser
        monkeypatch.setenv("SSL_CLASS", mode)
        journal = game.journal(CLASSES, runs)
        assert list(game.spent(journal.acts())) == list(game.spent(journal.another().acts())) == players
    monkeypatch.setenv("SSL_CLASS", "1")
    journal = game.journal(CLASSES, runs)
    with pytest.raises(ValueError, match="All 10 labels are spent"):
        game.say(journal, "Mia", "aa", "7")
    game.say(journal, "Mia", "3", "8")
    assert game.spent(journal.acts())["Mia"]["3"] == "8", "what was said before can be said otherwise"


def test_no_more_than_the_budget_is_judged_and_no_more_players_than_fit(game, monkeypatch):
    journal = game.journal(CLASSES)
    for n in range(14):  # past the page, by two tabs in the same moment
        journal.say("ann", {f"{n:x}": CLASSES[0]})
    assert len(game.spent(journal.acts())["ann"]) == 10
    monkeypatch.setattr("ssl_core.label.game.MOST_PLAYERS", 2)
    game.say(journal, "ben", "1", CLASSES[0])
    with pytest.raises(ValueError, match="2 play already"):
        game.say(journal, "cid", "1", CLASSES[0])


def test_a_game_needs_the_truth_a_test_and_a_budget_of_those_there_are(store, monkeypatch):
    digits = card("digits")
    assert playable(digits) == ""
    assert "is not known" in playable(dataclasses.replace(digits, unknown=3))
    assert "no test" in playable(dataclasses.replace(digits, test=0))
    with pytest.raises(ValueError, match="A budget is one of 10, 20, 40 labels, not 11"):
        begin(digits, 11)
    assert set(BUDGETS) <= set(ROUNDS)
    begin(digits, 20)
    monkeypatch.setattr("ssl_core.label.game.MOST_GAMES", 1)
    with pytest.raises(ValueError, match="1 games are kept already"):
        begin(digits, 20)


def test_of_each_has_everybodys_last_word_and_not_what_was_undone(journal):
    journal.say("ann", {"1": "cat"})
    journal.say("ben", {"1": "dog", "2": "dog"}, "bulk")
    journal.say("ann", {"2": "bird"})
    journal.say("ann", {"1": "bird"})
    journal.say("ann", {"3": "cat"})
    journal.undo("ann")
    journal.skip("cid", ["4"])
    each = of_each(journal.acts())
    assert list(each["ann"].items()) == [("1", "bird"), ("2", "bird")]
    assert each["ben"] == {"1": "dog", "2": "dog"}
    assert set(each) == {"ann", "ben"}


def test_the_machine_spends_the_same_budget_and_what_it_did_is_there_the_next_time(quick):
    match = Match(quick)
    assert match.left(10) == 3
    done(match)
    draws, margin = match.machine("random", 10), match.machine("margin", 10)
    assert (len(draws), len(margin)) == (2, 1)
    for played in (*draws, *margin):
        assert [labels for labels, _ in played.points] == [5, 10]
        assert all(0 <= share <= 1 for _, share in played.points)
        assert len({*played.first}) == 10 and {*played.first} <= {*quick.pictures.numbers}
    again = Match(quick)
    assert again.left(10) == 0
    assert again.machine("random", 10) == draws
    assert not again.busy
    again._budget = 20
    assert len(again._open()) == 3, "a larger budget is played anew"


@pytest.mark.parametrize("harm", ["", "{", "[]", "{}", "other facts", "a share of 7"])
def test_a_damaged_file_of_the_machine_is_played_anew(quick, harm):
    match = Match(quick)
    match._played = {("random", 0): matches.Played([(5, 0.5), (10, 0.6)], ["1"])}
    matches._write(match.path, match._played)
    assert Match(quick).machine("random", 10)
    told = json.loads(match.path.read_text())
    told |= {"other facts": {"model": "another"}, "a share of 7": {"played": [["random", 0, [[10, 7]], []]]}}.get(
        harm, {}
    )
    match.path.write_text(json.dumps(told) if " " in harm else harm)
    assert Match(quick).machine("random", 10) == []
    assert match.path.parent == home()


def test_a_page_may_look_while_the_machine_plays(quick, monkeypatch):
    match, row = Match(quick), torch.tensor([0])
    match._budget = 10
    monkeypatch.setattr(matches, "spend", lambda *what, **how: [SimpleNamespace(labels=row, rows=row)] * 2)
    monkeypatch.setattr(match, "_reached", lambda labels, repeat: 0.5)

    class WhilePlaying:
        """A session that is looked at just when the next one is over."""

        first = ()

        @property
        def points(self):
            if ("margin", 0) not in match._played:
                match._play("margin", 0)
            return [(10, 0.5)]

    match._played[("random", 0)] = WhilePlaying()
    monkeypatch.setattr(matches, "_write", lambda *what: None)
    assert match._open() and match._open() == [("random", 1)]


def test_only_so_many_ways_wait_to_be_judged_the_newest(quick, monkeypatch):
    """Who says another class at each second asks for more than can be judged."""
    monkeypatch.setattr(Match, "_wake", lambda self: None)
    match = Match(quick)
    for n in range(matches.MOST_ASKED + 5):
        match._ask(str(n), ())
    assert [key for key, _ in match._asked] == [str(n) for n in range(5, matches.MOST_ASKED + 5)]


def test_equal_labels_have_equal_worth_and_right_ones_more_than_wrong_ones(quick, monkeypatch):
    monkeypatch.setattr(matches, "QUICK", {"fixmatch": {"steps": 60}})
    match, data = Match(quick), quick.data
    names = [data.card.classes[label] for label in data.labels.tolist()]
    right = {quick.pictures.numbers[row]: names[row] for row in range(10)}
    wrong = {number: data.card.classes[(data.card.classes.index(name) + 1) % 3] for number, name in right.items()}
    assert match.judge(right, 10) == []
    match.judge(wrong, 10)
    done(match)
    good, bad = match.judge(right, 10), match.judge(wrong, 10)
    assert [labels for labels, _ in good] == [5, 10]
    assert good == match.judge(dict(right), 10) and not match.busy
    assert good[-1][1] > 0.8 > 0.4 > bad[-1][1]
    assert [labels for labels, _ in match.judge(right, 5)] == [5]


def test_the_chart_has_the_mean_of_the_draws_their_band_and_everybodys_line():
    from plotly.graph_objects import Figure

    draws = [[(5, 0.2 + n / 100), (10, 0.4 + n / 100)] for n in range(20)]
    machine = order_line("Random draws", "#6b7280", "circle", draws, band=True)
    assert machine.points == [(5, pytest.approx(0.295)), (10, pytest.approx(0.495))]
    assert machine.band[0] == (5, pytest.approx(0.21), pytest.approx(0.38)), "one in twenty lies outside on each side"
    people = [person_line(f"p{n}", n, [(5, n / 40)]) for n in range(32)]
    assert len({(line.colour, line.dash) for line in people}) == 32
    assert [line.title for line in ranked(people)][:2] == ["p31", "p30"]
    for large in (False, True):
        figure = Figure(game_chart([machine, *people], 10, chance=0.1, key="x", large=large, named=["p30", "p31"]))
        assert len(figure.data) == 34
        ends = [trace.text[-1] for trace in figure.data if trace.text]
        assert sorted(ends) == ["p30", "p31"]
        assert [trace.name for trace in figure.data if trace.showlegend] == ["Random draws"], "the list names people"
    assert figure.layout.xaxis.tickfont.size >= 20, "read from the back row"
    assert game_words([machine, *people[:1]], 10).endswith("Random draws 49.5 % with 10; p0 0.0 % with 5.")
    assert game_words([], 10).endswith("nothing yet.")
