"""The board of a class: whose curves, their mean and the best, of runs and of Label's game; alone a big screen."""

from __future__ import annotations

import json

import pytest

from pages.parts.board.shown import NOBODY
from pages.parts.shared.pages import groups
from ssl_core.figures.board import MEAN
from ssl_core.label.game import Game
from ssl_core.people import owners
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import Journal, write_json
from tests.pages.conftest import problems

QUICK = {"supervised": {"steps": 8, "batch": 4}, "fixmatch": {"steps": 8, "batch": 4}}


def sent(test, key: str):
    """What the component with this key was sent."""
    (proto,) = [one.proto for one in test.get("bidi_component") if one.proto.id.endswith(f"-{key}")]
    return json.loads(proto.bytes or proto.mixed.json or proto.json)


def figures(test) -> dict[str, tuple[str, str]]:
    return {one["name"]: (one["value"], one["about"]) for one in sent(test, "board_figures")}


def ranked(test) -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["share"], row["spent"]) for row in sent(test, "board_ranking")["rows"]}


def curves(test) -> dict[str, list[tuple[float, float]]]:
    traces = sent(test, "board_chart")["figure"]["data"]
    return {trace["name"]: list(zip(trace["x"], trace["y"], strict=True)) for trace in traces}


def reached(run, accuracy: float, over: bool = True) -> None:
    row = {"step": 8, "images": 32, "seconds": 0.5, "test_accuracy": accuracy, "tested": 300}
    with Journal(run.folder / "metrics.jsonl") as journal:
        journal.write(row)
    if over:
        write_json(run.folder / "end.json", row | {"state": "done", "why": ""})


@pytest.fixture
def of_two(store, monkeypatch):
    """Anna's experiment of two methods, and one that Bob and Kim began; the runs."""
    monkeypatch.setenv("SSL_CLASS", "1")
    anna = enqueue(store, Experiment("digits", ["fixmatch", "supervised"], [10, 20], [0], QUICK))
    both = enqueue(store, Experiment("digits", ["supervised"], [20], [1], QUICK))
    owners.own(store, anna.id, "Anna")
    for who in ("Bob", "Kim"):
        owners.own(store, both.id, who)
    for run in anna.runs:
        reached(run, {10: 0.5, 20: 0.7}[run.config["labels"]] + 0.1 * (run.config["method"] == "fixmatch"))
    reached(both.runs[0], 0.6, over=False)
    return anna, both


def test_a_line_for_each_person_their_mean_and_the_best(visit, of_two):
    test = visit("board.py")
    assert problems(test) == []
    lines = curves(test)
    assert lines["Anna"] == [(10, pytest.approx(60)), (20, pytest.approx(80))], "the best of hers at each count"
    assert lines["Bob and Kim"] == [(20, pytest.approx(60))], "one experiment, two owners, one line"
    assert lines[MEAN] == [(20, pytest.approx(70))], "where two have been"
    assert ranked(test)["Anna"] == ("80.0 %", "20 labels")
    assert list(ranked(test)) == ["Anna", MEAN, "Bob and Kim"]
    assert figures(test)["Best so far"] == ("80.0 %", "Anna, 20 labels")
    assert figures(test)["Class mean"][0] == "70.0 %"
    assert figures(test)["Runs"] == ("0 training", "1 waiting, 4 ended")
    marks = {t["name"]: t["marker"]["symbol"] for t in sent(test, "board_chart")["figure"]["data"]}
    assert marks["Bob and Kim"] == ["circle-open"], "it still trains"


def test_a_new_row_and_a_new_name_are_seen_at_the_next_look(visit, store, of_two):
    test = visit("board.py")
    reached(of_two[1].runs[0], 0.9)
    owners.own(store, of_two[1].id, "Mia")
    test.run()
    assert figures(test)["Best so far"] == ("90.0 %", "Bob, Kim and 1 more, 20 labels")
    assert problems(test) == []


def test_whose_run_nobody_knows_stands_there_too(visit, store, of_two):
    (run,) = enqueue(store, Experiment("digits", ["supervised"], [40], [0], QUICK)).runs
    reached(run, 0.4)
    assert ranked(visit("board.py"))[NOBODY] == ("40.0 %", "40 labels")


def test_an_address_shows_one_experiment_by_its_methods(visit, of_two):
    test = visit("board.py", experiment=of_two[0].id)
    assert problems(test) == []
    assert set(curves(test)) == {"FixMatch", "Supervised"}
    assert figures(test)["Best so far"] == ("80.0 %", "FixMatch, 20 labels")
    assert "Anna" in test.markdown[0].value


def test_what_the_teacher_puts_on_everybodys_screen_is_on_the_wall(visit, store, of_two):
    write_json(store.root / "class.json", {"shown": of_two[0].id})
    assert set(curves(visit("board.py"))) == {"FixMatch", "Supervised"}
    write_json(store.root / "class.json", {"shown": ""})
    assert "Bob and Kim" in curves(visit("board.py"))


def test_alone_it_is_in_no_menu_and_its_address_shows_the_newest_experiment(visit, store, of_two, monkeypatch):
    assert "board" in [entry.name for entry in groups()["Train"]]
    monkeypatch.delenv("SSL_CLASS")
    assert "board" not in [entry.name for entries in groups().values() for entry in entries]
    test = visit("board.py")
    assert problems(test) == []
    assert set(curves(test)) == {"Supervised"}
    assert "Big screen" in [link.label for link in visit("training.py").get("page_link")]


def test_before_there_is_a_run_it_says_so(visit, monkeypatch):
    for mode in ("1", "0"):
        monkeypatch.setenv("SSL_CLASS", mode)
        test = visit("board.py")
        assert problems(test) == [] and "Nobody has started a run" in " ".join(m.value for m in test.markdown)


def test_a_game_that_is_not_here_is_a_sentence(visit):
    test = visit("board.py", label_game="abcdef")
    assert problems(test) == []
    assert "There is no game" in test.warning[0].value


def test_labels_game_is_the_same_board(visit, monkeypatch):
    import pages.parts.board.games as games

    shown = []
    game = Game("abcdef", "digits", 10, 1)
    monkeypatch.setattr("ssl_core.label.game.find", lambda code: game if code == game.code else None)
    monkeypatch.setattr(games, "game_on_board", shown.append)
    assert problems(visit("board.py", label_game="abcdef")) == []
    assert shown == [game]
