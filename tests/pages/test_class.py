"""A class at one server: a nickname is asked once, one's own comes first, and alone nothing of it is seen."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st

from pages.parts.shared import visitor
from pages.parts.shared.lesson import lessons
from pages.parts.shared.pages import FIRST, PAGES
from pages.parts.training.about import _keep
from ssl_core.data.catalog import find_card
from ssl_core.people import names, owners, register
from ssl_core.runs.about import About, about, say
from ssl_core.runs.defaults import default_experiment
from ssl_core.runs.experiment import launch
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.search.plan import Search, searches
from ssl_core.search.span import Span
from ssl_core.search.start_stop import submit
from ssl_core.train.config import configure
from tests.pages.conftest import problems

FIVE = ("Anna", "Bob", "Cem", "Dana", "李雷")
TOKENS = {name: f"{number}" * 43 for number, name in enumerate(FIVE)}
FILTERED = ("training", "runs", "search", "predict", "inside", "generate", "label")  # pages with the choice


@pytest.fixture
def class_mode(monkeypatch):
    monkeypatch.setenv("SSL_CLASS", "1")


@pytest.fixture
def browser(store, class_mode, monkeypatch):
    """browser("Anna"): whose cookie comes with what follows, and what she said at her first page."""

    def take(name: str, *, known: bool = True) -> None:
        monkeypatch.setattr(visitor, "_token", lambda: TOKENS[name])
        if known:
            register.call(store, visitor.browser(), name)

    return take


def shown(at) -> str:
    """All that can be read or chosen on a page."""
    texts = [one.value for kind in ("markdown", "caption", "info", "warning", "title") for one in at.get(kind)]
    texts += [str(option) for box in (*at.selectbox, *at.multiselect) for option in box.options]
    texts += [str(table.value.to_dict()) for table in at.dataframe]
    return " ".join(map(str, texts))


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """The folder of a run of a second that was trained to its end."""
    store = Store(tmp_path_factory.mktemp("trained"))
    run = store.add(configure("digits", "fixmatch", 20, 0, {"steps": 20, "batch": 8, "evaluations": 1}).to_dict())
    work(run.folder, lambda row: None)
    assert run.state == "done"
    return run.folder


@pytest.fixture
def finished(store, trained):
    """finished("digits-1", seed=3) -> such a run in an experiment of that name."""

    def put(experiment: str, **more):
        config = json.loads((trained / "config.json").read_text()) | {"experiment": experiment} | more

        def fill(folder: Path) -> None:
            for path in trained.iterdir():
                if path.name != "config.json":
                    shutil.copy(path, folder)

        return store.add(config, fill)

    return put


def press_start(at) -> None:
    next(button for button in at.button if button.label == "Start the default experiment").click().run()


def keys(at) -> set[str]:
    return {widget.key for kind in ("button", "text_input", "button_group", "selectbox") for widget in at.get(kind)}


@pytest.mark.parametrize("page", FILTERED)
def test_alone_nothing_of_it_is_seen_or_written(visit, store, finished, page):
    run = finished("digits-1")
    owners.own(store, "digits-1", "Anna")  # of a class that worked in this store yesterday
    at = visit(f"{page}.py")
    assert problems(at) == []
    assert not [key for key in keys(at) if key and key.startswith("who")]
    assert "Anna" not in shown(at) and "Mine" not in shown(at)
    assert run.name in shown(at) or "digits" in shown(at).lower()
    assert not (store.root / register.FILE).exists()


def test_alone_a_start_has_no_owner(visit, store):
    press_start(visit("home.py"))
    assert store.runs() and not (store.root / owners.FILE).exists()


@pytest.mark.parametrize("page", [entry.name for entry in PAGES if not entry.wall])
def test_before_any_page_a_nickname_is_asked_and_nothing_else_is_there(visit, browser, page):
    browser("Anna", known=False)
    at = visit(f"{page}.py")
    assert problems(at) == [] and [one.value for one in at.title] == ["What are you called here?"]
    assert [one.key for one in at.text_input] == ["who_name"]


def test_it_is_asked_once_and_the_address_stays(visit, store, browser):
    browser("Anna", known=False)
    at = visit("training.py", data="shapes", seeds="2")
    at.text_input(key="who_name").input("  Anna ")
    at.button(key="who_go").click().run()
    assert problems(at) == [] and at.title[0].value == "Training"
    assert at.selectbox(key="data").value == "shapes" and at.slider(key="seeds").value == 2
    at = visit("runs.py")
    assert at.title[0].value == "Runs", "a reload, or another tab"
    browser("Bob", known=False)
    assert visit("runs.py").title[0].value == "What are you called here?"


@pytest.mark.parametrize("typed", ["", "   ", "../..", "\u202e", "me", "\u3164"])
def test_what_is_no_nickname_is_said_in_a_sentence_and_asked_again(visit, store, browser, typed):
    browser("Anna", known=False)
    at = visit("runs.py")
    at.text_input(key="who_name").input(typed)
    at.button(key="who_go").click().run()
    (sentence,) = problems(at)
    assert sentence.endswith(".") and at.title[0].value == "What are you called here?"
    assert register.everybody(store) == []


@pytest.mark.parametrize("typed", ["<img src=x>", "[a](//b)", "A\u202eb", "../../Anna", ":red[Anna]"])
def test_a_hostile_nickname_is_cleaned_and_shown_as_text(visit, store, browser, typed):
    browser("Anna", known=False)
    at = visit("runs.py")
    at.text_input(key="who_name").input(typed)
    at.button(key="who_go").click().run()
    assert problems(at) == [] and at.title[0].value == "Runs"
    (name,) = register.everybody(store)
    assert name == names.clean(typed) and len(name) <= names.MOST


def test_the_same_nickname_twice_lets_both_decide(visit, store, browser):
    browser("Anna")
    browser("Bob", known=False)
    at = visit("runs.py")
    at.text_input(key="who_name").input("ANNA")
    at.button(key="who_go").click().run()
    assert "already" in at.info[0].value and {"who_other", "who_same"} <= keys(at)
    at.button(key="who_again").click().run()
    assert "who_name" in keys(at), "or still another one"
    at.text_input(key="who_name").input("ANNA")
    at.button(key="who_go").click().run()
    at.button(key="who_same").click().run()
    assert at.title[0].value == "Runs" and "who_two" not in str(keys(at))
    browser("Anna", known=False)
    at = visit("runs.py")
    assert {"who_stay", "who_change"} <= keys(at), "the first one is told, too"
    at.button(key="who_change").click().run()
    assert register.everybody(store) == ["Anna 2", "ANNA"]
    assert "who_stay" not in keys(at) and "who_stay" not in keys(visit("runs.py"))


def test_another_nickname_is_taken_in_the_head(visit, store, browser):
    browser("Bob")
    browser("Anna")
    at = visit("runs.py")
    for typed, becomes in (("bob", "Anna"), ("Mia", "Mia")):
        at.text_input(key="who_new").input(typed)
        at.button(key="who_rename_go").click().run()
        assert register.called(store, visitor.browser()) == becomes
    assert problems(at) == []


def test_with_another_nickname_ones_experiments_stay_ones_own(visit, store, browser, finished):
    browser("Anna")
    visitor.starting(store, lambda: finished("digits-anna", seed=7))
    at = visit("runs.py")
    at.text_input(key="who_new").input("Mia")
    at.button(key="who_rename_go").click().run()
    assert problems(at) == [] and visit("runs.py").dataframe[0].value["who"].tolist() == ["Mia"]
    browser("Bob", known=False)
    register.call(store, visitor.browser(), "Anna")
    assert "No run of yours" in shown(visit("runs.py")), "whoever takes the old nickname is another person"


def test_five_who_press_start_get_one_experiment_with_five_owners(visit, store, browser):
    runs = len(default_experiment().plain())
    for name in FIVE:
        browser(name)
        at = visit("home.py")
        assert "last experiment" not in shown(at), "nobody's newest opens here"
        press_start(at)
        assert len(store.runs()) == runs
    assert set(owners.owners(store).values().__iter__().__next__()) == set(FIVE)
    assert list(owners.owners(store)) == [default_experiment().id]
    assert "Begun by Anna, Bob, Cem, Dana and 李雷." in shown(visit("training.py"))


def test_five_at_the_same_moment_are_one_experiment_too(store):
    experiment = default_experiment()

    def press(name: str) -> int:
        launched = launch(store, experiment)
        owners.own(store, launched.id, name)
        return launched.new

    with ThreadPoolExecutor(5) as together:
        new = sorted(together.map(press, FIVE))
    assert new == [0, 0, 0, 0, len(experiment.plain())] and len(store.runs()) == new[-1]
    assert set(owners.owners(store)[experiment.id]) == set(FIVE)


def test_what_stands_in_a_run_does_not_change_by_its_owner(store, browser):
    browser("Anna")
    visitor.starting(store, lambda: launch(store, default_experiment()))
    before = [(run.folder / "config.json").read_bytes() for run in store.runs()]
    browser("Bob")
    visitor.starting(store, lambda: launch(store, default_experiment()))
    assert [(run.folder / "config.json").read_bytes() for run in store.runs()] == before
    assert not any(b"Anna" in content for content in before)


@pytest.mark.parametrize(
    ("page", "named", "mark"),
    [
        ("training", "experiment", "digits-anna"),
        ("runs", "runs-experiment", "digits-anna"),
        ("predict", "trained", "RUN"),
        ("inside", "of_run", "RUN"),
    ],
)
def test_mine_come_first_everybodys_on_demand_and_a_link_is_followed(
    visit, store, browser, page, named, mark, finished
):
    mine, theirs = finished("digits-bob", seed=3), finished("digits-anna", seed=7)
    for name, run in (("Bob", mine), ("Anna", theirs)):
        browser(name)
        visitor.own(store, [owners.subject(run)])
    browser("Bob")
    at, own, sees = visit(f"{page}.py"), "seed 3", "seed 7"
    assert problems(at) == []
    if page == "predict":  # which says the seed only of networks that are alike but for it
        assert [at.selectbox(key=named).value, len(at.selectbox(key=named).options)] == [mine.name, 1]
    else:
        assert own in shown(at) and sees not in shown(at)
    if page == "training":
        assert at.selectbox(key=named).value == "digits-bob", "a link names what is shown"
    elif page != "runs":
        assert at.query_params[named] == (mine.name if mark == "RUN" else "digits-bob"), "a link names what is shown"
    at.button_group(key="whose").set_value("all").run()
    assert problems(at) == [] and own in shown(at) and sees in shown(at)
    assert at.query_params["whose"] == "all"
    at = visit(f"{page}.py", **{named: theirs.name if mark == "RUN" else mark})
    assert problems(at) == [] and sees in shown(at), "whoever follows a link sees what it names"


def test_a_search_of_somebody_else_does_not_open_by_itself(visit, store, browser):
    at, found = None, {}
    for name, count in (("Bob", 5), ("Anna", 6)):
        browser(name)
        search = Search("digits", "fixmatch", 40, {"threshold": Span(0.5, 0.9)}, runs=count)
        found[name] = submit(store, search)
        visitor.mark_search(store, found[name], searches(store))
    browser("Bob")
    at = visit("search.py")
    assert (
        found["Bob"] in at.selectbox(key="search").options and found["Anna"] not in at.selectbox(key="search").options
    )
    assert "Begun by Bob." in shown(at)
    assert "Begun by Anna." in shown(visit("search.py", search=found["Anna"]))
    browser("Cem")
    assert at.selectbox(key="search").options and visit("search.py").selectbox(key="search").options == []


def test_a_lesson_shows_nobody_what_another_one_trained(visit, store, browser):
    lesson, number = next(
        (lesson, number)
        for lesson in lessons().all()
        for number, part in enumerate(lesson.parts, 1)
        if part.page == "training"
    )
    where = {"lesson": lesson.name, "part": str(number), **lesson.parts[number - 1].state}
    for place, name in enumerate(("Anna", "Bob")):
        browser(name)
        at = visit("training.py", **where)
        assert problems(at) == [] and "No experiment yet" in shown(at)
        at.button(key="start").click().run()
        assert "No experiment yet" not in shown(at)
        (experiment, names_of), count = *owners.owners(store).items(), len(store.runs())
        assert names_of == ["Anna", "Bob"][: place + 1] and len(store.of_experiment(experiment)) == count


def test_runs_say_who_began_them(visit, store, browser, finished):
    run = finished("digits-1")
    for name in ("Anna", "Bob"):
        browser(name)
        visitor.own(store, ["digits-1"])
    at = visit("runs.py")
    assert at.dataframe[0].value["who"].tolist() == ["Anna and Bob"]
    browser("Cem")
    at = visit("runs.py", whose="all")
    assert at.dataframe[0].value["run"].tolist() == [run.name]
    assert "No run of yours" in shown(visit("runs.py"))


def test_pictures_that_somebody_brought_are_offered_to_them_first(visit, store, browser):
    from tests.data.conftest import pets
    from tests.data.conftest import zipped as zip_of

    browser("Anna")
    at = visit("data.py")
    at.file_uploader(key="zip").upload("pets.zip", zip_of(pets()), "application/zip").run()
    at.button(key="keep").click().run()
    (name,) = [what for what in owners.owners(store) if what.startswith("upload:")]
    title = find_card(name).title
    assert title in shown(visit("label.py"))
    browser("Bob")
    assert title not in shown(visit("label.py")) and title not in shown(visit("own.py"))
    assert title in shown(visit("label.py", whose="all")) and title in shown(visit("label.py", label_data=name))


def test_labels_carry_the_nickname(visit, store, browser):
    browser("Anna")
    at = visit("label.py")
    assert "label_who" not in keys(at) and "**Anna**" in shown(at)


def test_alone_the_nickname_of_label_survives_a_reload(visit, store, monkeypatch):
    monkeypatch.setattr(visitor, "_token", lambda: TOKENS["Anna"])
    at = visit("label.py")
    assert at.text_input(key="label_who").value == "me"
    at.text_input(key="label_who").input("Anna").run()
    assert at.text_input(key="label_who").value == "Anna"
    assert visit("label.py").text_input(key="label_who").value == "Anna", "a reload"
    monkeypatch.setattr(visitor, "_token", lambda: TOKENS["Bob"])
    assert visit("label.py").text_input(key="label_who").value == "me", "another browser"


def test_a_store_that_was_damaged_by_hand_still_opens(visit, store, browser, finished):
    browser("Anna")
    finished("digits-1")
    visitor.own(store, ["digits-1"])
    for file in (owners.FILE, register.FILE):
        with open(store.root / file, "ab") as out:
            out.write(b'\xff\n[]\n{"who": 7}\n' + json.dumps({"what": "x"}).encode())
    at = visit("training.py")
    assert problems(at) == [] and "Begun by Anna." in shown(at)


def test_the_screen_on_the_wall_is_asked_nothing(visit, browser):
    browser("Anna", known=False)
    at = visit("label.py", label_board="1")
    assert [one.value for one in at.title] == ["Label"]


def test_pages_with_the_choice_are_those_that_show_runs():
    assert set(FILTERED) <= {entry.name for entry in PAGES} and FIRST not in FILTERED


def test_a_note_carries_the_nickname(visit, store, browser, finished, monkeypatch):
    finished("digits-1")
    browser("Anna")
    visitor.own(store, ["digits-1"])
    monkeypatch.setattr("pages.parts.training.about.may_end", lambda store, runs: "")
    monkeypatch.setattr(st, "session_state", {"about_note-k": "Too few labels.\nTry again."})
    _keep(store, "digits-1", "k")
    monkeypatch.undo()
    assert about(store, "digits-1").who == "Anna"


def test_a_note_by_hand_is_shown_with_a_clean_name_and_alone_without(visit, store, browser, finished, monkeypatch):
    finished("digits-1")
    say(store, "digits-1", About(note="Too few labels.", who="<b>Anna</b>"))
    browser("Bob")
    assert "b_Anna__b: Too few labels." in shown(visit("training.py", experiment="digits-1")).replace("\\", "")
    monkeypatch.setenv("SSL_CLASS", "")
    texts = shown(visit("training.py", experiment="digits-1"))
    assert "Too few labels." in texts and "Anna" not in texts
