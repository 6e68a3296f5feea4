"""Labelling by hand as Streamlit runs it: said, skipped, undone, asked by another order, taken along, gone on with."""

from __future__ import annotations

import dataclasses
import time
from types import SimpleNamespace

import pytest
import streamlit as st
import torch

from pages.parts.label.map import Caught, rows_of
from pages.parts.label.stage import shortcuts
from ssl_core.data import card, load, uploads
from ssl_core.data.kept import names as kept_names
from ssl_core.features.card import lacks
from ssl_core.figures.label import curve_words, label_curve
from ssl_core.label.axes import places
from ssl_core.label.journal import Journal
from ssl_core.label.pictures import pictures_of
from ssl_core.label.second_look import Reason
from ssl_core.label.session import Session
from ssl_core.label.teaching import Teacher
from ssl_core.label.wall import Picked
from tests.data.conftest import png, zipped
from tests.label.conftest import quick  # noqa: F401
from tests.label.lines import as_seen
from tests.pages.conftest import PATIENT, problems

WHO = "me"


@pytest.fixture(scope="module")
def seen():
    """As many clouds as there are digits, seen by a network."""
    digits = load("digits")
    data = as_seen(rows=len(digits.labels), classes=10)
    data = dataclasses.replace(data, card=dataclasses.replace(data.card, classes=digits.card.classes))
    return data, pictures_of(digits), places(data)


@pytest.fixture
def bench(visit, seen, monkeypatch):
    """bench() -> the page, begun, with clouds in the place of what a network sees."""
    data, pictures, spots = seen

    def opened(name, say=None, stop=None):
        return Session(data, Journal("digits", data.card.classes), pictures, spots)

    monkeypatch.setattr("ssl_core.label.opening.opened", opened)

    def go(**query):
        at = visit("label.py", **query)
        at.button(key="label_begin").click().run()
        limit = time.monotonic() + PATIENT
        while not any(button.key == "label_undo" for button in at.button):
            assert time.monotonic() < limit
            time.sleep(0.1)
            at.run()
        assert problems(at) == []
        return at

    return go


def asked(at) -> str:
    """The number of the picture in front."""
    return next(b.key.rpartition("_")[2] for b in at.button if b.key.startswith("label_say_0_"))


def press(at, what: str):
    at.button(key=f"{what}_{asked(at)}").click().run()
    assert problems(at) == []


def labels() -> dict[str, str]:
    return Journal("digits", card("digits").classes).said().labels()


def test_what_is_pressed_is_in_the_journal_and_another_picture_is_shown(bench, monkeypatch):
    waiting = []
    monkeypatch.setattr("ssl_core.runs.ensure.ensure_ahead", waiting.append)
    at = bench()
    assert waiting, "a runner, behind a page that may now start something"
    pressed = []
    for place in (3, 0, 7):
        pressed.append(asked(at))
        press(at, f"label_say_{place}")
        assert labels()[pressed[-1]] == card("digits").classes[place]
    assert len({*pressed, asked(at)}) == 4
    word = Journal("digits").said().words[pressed[0]][WHO]
    assert word.how == "single"
    assert word.order in ("typical", "random")
    assert "**3 labels spent**" in " ".join(part.value for part in at.markdown)


def test_skip_and_none_of_these_ask_about_another(bench):
    at = bench()
    skipped = asked(at)
    press(at, "label_skip")
    none = asked(at)
    press(at, "label_none")
    said = Journal("digits", card("digits").classes).said()
    assert skipped in said.skips
    assert none in said.none_of_these()
    assert asked(at) not in (skipped, none)
    assert labels() == {}


def test_undo_takes_back_every_act_and_shows_its_picture_again(bench):
    at = bench()
    pressed = []
    for place in (1, 2, 3):
        pressed.append(asked(at))
        press(at, f"label_say_{place}")
    for picture in reversed(pressed):
        at.button(key="label_undo").click().run()
        assert asked(at) == picture
    assert labels() == {}
    at.button(key="label_undo").click().run()
    assert problems(at) == []


def test_another_order_asks_and_is_written_down(bench):
    at = bench(label_order="random")
    picture = asked(at)
    press(at, "label_say_0")
    assert Journal("digits").said().words[picture][WHO].order == "random"
    at.selectbox(key="label_order").set_value("unmet").run()
    assert problems(at) == []
    assert asked(at) not in labels()


def test_a_new_session_goes_on_after_a_kill(bench):
    at = bench()
    for place in (4, 5):
        press(at, f"label_say_{place}")
    before = labels()
    st.cache_resource.clear()
    at = bench()
    assert labels() == before
    assert "**2 labels spent**" in " ".join(part.value for part in at.markdown)
    assert asked(at) not in before


def test_the_guess_is_hidden_until_it_is_asked_for(bench):
    at = bench()
    assert "would say" not in " ".join(part.value for part in at.markdown)
    assert "The network says" not in " ".join(part.value for part in at.markdown)
    at.toggle(key="label_guess").set_value(True).run()
    assert "The network says" in " ".join(part.value for part in at.markdown)


def test_a_class_can_be_named_and_said(bench):
    at = bench()
    at.text_area(key="label_names_0").set_value("a :red[smudge]")
    next(b for b in at.button if b.label == "Use these classes").click().run()
    assert problems(at) == []
    picture = asked(at)
    press(at, "label_say_10")
    assert labels()[picture].startswith("a")


def test_labels_come_back_from_the_table_that_was_taken_along(bench):
    from ssl_core.label.labels_out import as_csv

    at = bench()
    for place in (1, 2):
        press(at, f"label_say_{place}")
    before = labels()
    table = as_csv(Journal("digits").said(), pictures_of(load("digits"))).encode()
    for _ in before:
        at.button(key="label_undo").click().run()
    assert labels() == {}
    at.file_uploader(key="label_in").upload("labels.csv", table, "text/csv").run()
    assert problems(at) == []
    assert labels() == before
    assert {"label_csv", "label_zip", "label_studio"} <= {b.key for b in at.get("download_button")}


def test_what_a_file_says_and_is_not_taken_is_said(bench, seen):
    number, at = seen[1].numbers[0], bench()
    table = f"picture,path,label\n{number},,1\n{number},,7\nf0f0,,3\n".encode()
    at.file_uploader(key="label_in").upload("labels.csv", table, "text/csv").run()
    assert [part.value for part in at.toast] == [
        "1 pictures labelled by the file. 1 lines name no picture of this set. 1 lines say something else of a picture "
        "than one before."
    ]
    assert labels() == {number: "1"}


def test_training_opens_with_these_labels(bench):
    at = bench()
    at.button(key="label_train").click().run()
    title = card("digits").title
    assert problems(at) == [f"Nobody has said the class of any picture of {title} yet: label a few first."]
    for place in (0, 1):
        press(at, f"label_say_{place}")
    at.button(key="label_train").click().run()
    (name,) = kept_names()
    assert card(name).known == 2


def test_the_key_of_a_class_is_its_place_but_a_digit_has_its_own():
    assert shortcuts(["cat", "dog"]) == ["1", "2"]
    assert shortcuts([f"class {n}" for n in range(11)]) == [*"1234567890", None]
    assert shortcuts(card("digits").classes) == list("0123456789")


def test_the_curve_grows_is_read_from_the_journal_after_a_kill_and_forgets_what_was_undone(seen, store, quick):  # noqa: F811
    data, pictures, spots = seen
    mine = Session(data, Journal("digits", data.card.classes), pictures, spots)
    for row in range(12):
        mine.journal.say(WHO, {pictures.numbers[row]: data.card.classes[int(data.labels[row])]}, order="random")
    teacher = taught(Teacher(mine))
    said = mine.journal.said()
    curve = teacher.curve(said)
    assert [point.labels for point in curve] == sorted({point.labels for point in curve})
    assert curve[-1].labels == 12
    assert len(curve) > 4, "the way there, though nobody watched"
    assert set(curve[-1].scores) == {"fixmatch", "supervised"}
    for share, low, high in curve[-1].scores.values():
        assert 0 <= low <= share <= high <= 1
    assert teacher.guess(3)[0] in data.card.classes
    for _ in range(3):
        mine.journal.undo(WHO)
    assert taught(teacher).curve(mine.journal.said())[-1].labels == 9


def test_without_a_test_the_score_is_an_estimate_by_the_pictures_drawn_at_random(seen, store, quick):  # noqa: F811
    data, pictures, spots = seen
    data = dataclasses.replace(data, test_images=data.test_images[:0], test_labels=data.test_labels[:0])
    mine = Session(data, Journal("digits", data.card.classes), pictures, spots)
    teacher = Teacher(mine)
    assert not teacher.tested
    for row in range(9):
        mine.journal.say(WHO, {pictures.numbers[row]: data.card.classes[int(data.labels[row])]}, order="random")
    assert taught(teacher).curve(mine.journal.said())[-1].scores == {}
    mine.journal.say(WHO, {pictures.numbers[9]: "0"}, order="random")
    share, low, high = taught(teacher).curve(mine.journal.said())[-1].scores["fixmatch"]
    assert low <= share <= high
    assert high - low > 0.3, "ten pictures say little"


@pytest.mark.skipif(bool(lacks("efficientnet_lite0")), reason="the weights of EfficientNet-Lite0 are not here")
def test_own_pictures_two_of_them_many_times_over_are_named_labelled_and_trained_on(visit, store):
    brought = uploads.add(zipped({f"{n}.png": png(n, 12, 40 + 150 * (n % 2)) for n in range(24)}), "Squares")
    at = visit("label.py", label_data=brought.name)
    at.button(key="label_begin").click().run()
    limit = time.monotonic() + PATIENT
    while not at.text_area:
        assert time.monotonic() < limit
        assert problems(at) == []
        time.sleep(0.3)
        at.run()
    assert "Name the classes first" in " ".join(part.value for part in at.info)
    at.text_area[0].set_value("dark\nbright")
    next(b for b in at.button if b.label == "Use these classes").click().run()
    assert problems(at) == []
    for place in (0, 1):
        press(at, f"label_say_{place}")
    assert "There is no picture left to ask you about." in [part.value for part in at.success]
    at.button(key="label_train").click().run()
    (name,) = {*kept_names()} - {brought.name}
    assert card(name).classes == ("dark", "bright")
    assert card(name).unknown == 0, "equal pictures share a label"


def taught(teacher):
    """The same when it has learned the labels of now and the way there."""
    teacher.wake()
    limit = time.monotonic() + PATIENT
    while teacher.busy:
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert teacher.wrong == ""
    return teacher


def test_the_chart_is_one_that_plotly_draws_and_says_its_last_place_in_words():
    from plotly.graph_objects import Figure

    points = [(3, {}), (5, {"fixmatch": (0.5, 0.4, 0.6)}), (9, {"fixmatch": (0.75, 0.7, 0.8)})]
    figure = Figure(label_curve(points, axis="Test accuracy", chance=0.1, key="x"))
    band, dots = figure.data
    assert list(dots.x) == [5, 9]
    assert list(dots.y) == [50, 75]
    assert (min(band.y), max(band.y)) == (40, 80)
    assert curve_words(points, "Test accuracy") == "Test accuracy against labels spent; with 9: FixMatch 75.0 %."
    assert Figure(label_curve([], axis="Test accuracy", chance=None, key="x")).data == ()


def test_the_last_answers_come_back_to_be_corrected_and_stay_draws_at_random(bench):
    at = bench(label_order="random")
    pressed = []
    for place in (1, 2):
        pressed.append(asked(at))
        press(at, f"label_say_{place}")
    following = asked(at)
    at.button(key="label_again").click().run()
    assert asked(at) == pressed[1]
    at.button(key="label_again").click().run()
    assert asked(at) == pressed[0]
    press(at, "label_say_5")
    assert labels() == {pressed[0]: "5", pressed[1]: "2"}
    assert Journal("digits").said().drawn() == set(pressed)
    assert asked(at) == following
    at.button(key="label_again").click().run()
    press(at, "label_skip")
    assert Journal("digits").said().skips == {}, "it was only looked at"
    assert asked(at) == following


@pytest.fixture
def called(bench, seen, monkeypatch):
    """called(view) -> the page at a view, where the network calls every picture what it is."""
    monkeypatch.setattr(Teacher, "wake", lambda self: None)

    def go(view):
        at = bench(label_view=view)
        answer = torch.eye(10)[seen[0].labels] * 0.9 + 0.01
        teacher = at.session_state["label_session"][0].teacher
        teacher.answers = (answer, answer)
        at.run()
        assert problems(at) == []
        return at

    return go


def click(at, start: str):
    next(b for b in at.button if b.key.startswith(start)).click().run()
    assert problems(at) == []


def test_there_is_no_wall_before_the_network_has_something_to_say(bench):
    at = bench(label_view="wall")
    assert [part.value for part in at.info] == [
        "The network has nothing to say yet: label a few pictures one at a time first."
    ]
    assert not [b for b in at.button if b.key.startswith("label_confirm")]


def test_a_wall_is_confirmed_in_one_act_without_what_was_clicked_away_which_is_asked_next(called, seen, monkeypatch):
    at = called("wall")
    at.selectbox(key="label_wall_class").set_value(3).run()
    assert at.query_params["label_wall_class"] == "3"
    shown = at.session_state["label_wall"].wall.rows
    monkeypatch.setattr("pages.parts.label.wall.taken_away", lambda key, count: {0, 2})
    click(at, "label_confirm")
    numbers = seen[1].numbers
    assert labels() == {numbers[row]: "3" for n, row in enumerate(shown) if n not in (0, 2)}
    assert {w.how for words in Journal("digits").said().words.values() for w in words.values()} == {"bulk"}
    assert set(at.session_state["label_wall"].wall.rows).isdisjoint(shown), "also not what was clicked away"
    at.segmented_control(key="label_view").set_value("one").run()
    assert [asked(at)] == [numbers[shown[0]]]
    at.segmented_control(key="label_view").set_value("wall").run()
    at.button(key="label_undo").click().run()
    assert labels() == {}


def test_what_was_caught_on_the_map_is_labelled_together_or_alone(called, seen):
    at = called("map")
    assert len(at.get("plotly_chart")) == 1
    numbers = seen[1].numbers
    at.session_state["label_picked"] = Caught(("digits", WHO), "x", Picked((3, 4, 5), 1, 0))
    at.run()
    assert "1 of those you circled have a label and keep it." in [part.value for part in at.caption]
    click(at, "label_map_say_2_x")
    assert labels() == dict.fromkeys((numbers[row] for row in (3, 4, 5)), "2")
    at.session_state["label_picked"] = Caught(("digits", WHO), "y", Picked((4,), 0, 0))
    at.run()
    click(at, "label_map_say_7_y")
    word = Journal("digits").said().words[numbers[4]][WHO]
    assert (word.label, word.how) == ("7", "single")
    for colour in ("guess", "sure"):
        at.segmented_control(key="label_colour").set_value(colour).run()
        assert problems(at) == []
    at.button(key="label_undo").click().run()
    assert labels()[numbers[4]] == "2"


def test_a_selection_says_its_rows_and_rings_and_nonsense_say_none():
    points = [{"customdata": 3}, {"customdata": [4]}, {"x": 1}, {"customdata": 3.0}, {"customdata": True}]
    assert rows_of([*points, {"customdata": []}, {"customdata": "a"}, {"customdata": float("nan")}]) == [3, 4]


@pytest.mark.parametrize(("button", "label"), [("label_keep", "1"), ("label_change_4", "4"), ("label_leave", None)])
def test_a_doubted_label_is_kept_changed_or_left_out_and_asked_again_only_after_undo(
    called, seen, monkeypatch, button, label
):
    numbers = seen[1].numbers
    Journal("digits", card("digits").classes).say("anna", {numbers[0]: "1", numbers[1]: "2"})
    found = [
        Reason("doubted", (numbers[0],), (0,), ("1",), "4", "Labelled 1."),
        Reason("copies", (numbers[0], numbers[1]), (0, 1), ("1", "2"), None, "Two alike."),
    ]
    look = type("Look", (), {"found": found, "busy": False, "wrong": "", "wake": lambda self: None})()
    monkeypatch.setattr("pages.parts.label.doubts._second_look", lambda *_: look)
    at = called("doubts")
    assert "**2 to look at once more.**" in [part.value for part in at.markdown]
    click(at, button)
    word = Journal("digits").said().words[numbers[0]][WHO]
    assert (word.label, word.how) == (label, "checked")
    left = 1 if label == "1" else 0
    assert f"**{left} to look at once more.**" in [part.value for part in at.markdown]
    at.button(key="label_undo").click().run()
    assert "**2 to look at once more.**" in [part.value for part in at.markdown]


def test_what_is_begun_goes_on_after_a_reload_and_stops_where_another_set_is_chosen(bench, visit):
    at = bench()
    press(at, "label_say_4")
    assert at.query_params["label_begun"] in ("digits", ["digits"])
    st.cache_resource.clear()
    at = visit("label.py", label_begun="digits", label_order="random")
    limit = time.monotonic() + PATIENT
    while not any(button.key == "label_undo" for button in at.button):
        assert time.monotonic() < limit
        assert not any(button.key == "label_begin" for button in at.button), "nobody presses Begin again"
        time.sleep(0.1)
        at.run()
    assert "**1 labels spent**" in " ".join(part.value for part in at.markdown)
    at.selectbox(key="label_data").set_value("shapes").run()
    assert any(button.key == "label_begin" for button in at.button), "minutes of looking want to be asked for"
    assert "label_begun" not in at.query_params


def test_a_nickname_is_the_one_that_is_kept_so_that_undo_finds_it(bench):
    at = bench()
    at.text_input(key="label_who").set_value(" <b>Ann</b>! ").run()
    picture = asked(at)
    press(at, "label_say_4")
    assert picture in labels()
    at.button(key="label_undo").click().run()
    assert labels() == {}
    assert asked(at) == picture


def test_the_labels_that_came_with_a_set_are_judged_only_where_somebody_asks(called, monkeypatch):
    judged = []

    def look(name, fingerprint, own, session):
        judged.append((own, session.hide))
        return type("Look", (), {"found": [], "busy": False, "wrong": "", "wake": lambda self: None})()

    monkeypatch.setattr("pages.parts.label.doubts._second_look", look)
    at = called("doubts")
    assert set(judged) == {(False, None)}
    assert not [b for b in at.button if b.key == "label_train_own"]
    at.toggle(key="label_own").set_value(True).run()
    assert judged[-1] == (True, False)
    at.button(key="label_train_own").click().run()
    (name,) = kept_names()
    assert card(name).unknown == 0, "the set's own labels stand where nobody corrected them"


def test_where_the_look_went_wrong_nobody_says_that_there_is_nothing(called, monkeypatch):
    look = SimpleNamespace(found=None, busy=False, wrong="", wake=lambda: None)
    monkeypatch.setattr("pages.parts.label.doubts._second_look", lambda *_: look)
    at = called("doubts")
    assert at.success
    look.wrong = "It went wrong."
    at.run()
    assert not at.success and problems(at) == ["It went wrong."]
