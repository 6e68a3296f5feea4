"""The Search page: what it offers, what its buttons do, and what it shows of a search at every moment."""

from __future__ import annotations

import pytest

from ssl_core.data import card
from ssl_core.data.uploads import add
from ssl_core.methods import METHODS
from ssl_core.runs.defaults import label_counts
from ssl_core.search import driver
from ssl_core.search.confirm import confirm, confirmed, confirmed_words
from ssl_core.search.plan import Search, read_search, searches
from ssl_core.search.span import Span
from ssl_core.search.start_stop import submit
from ssl_core.search.trials import best_of, trials_of
from tests.data.conftest import pets, zipped
from tests.pages.conftest import problems
from tests.search.machine import Machine

TWO = {"threshold": Span(0.5, 0.99), "weight": Span(0.1, 5.0)}


def words(test) -> str:
    return "\n".join(m.value for m in [*test.markdown, *test.caption])


@pytest.fixture
def finished(store, monkeypatch):
    """finished(...) -> a machine whose search has been played to its end."""
    monkeypatch.setattr(driver, "LOOK", 0.0)

    def make(**changes):
        choices = {"data": "digits", "method": "fixmatch", "labels": 20, "knobs": TWO, "runs": 8, "prune": False}
        machine = Machine(store, submit(store, Search(**choices | changes)))
        machine.play()
        return machine

    return make


def test_start_writes_the_search_that_was_chosen(visit, store):
    test = visit("search.py")
    test.number_input(key="search-fixmatch-threshold-low").set_value(0.7)
    test.number_input(key="search-runs").set_value(12)
    test.number_input(key="search-steps").set_value(100)
    test.run()
    assert "12 runs" in words(test)
    test.button(key="start_search").click().run()
    assert problems(test) == []
    (name,) = searches(store)
    search = read_search(store, name)
    assert test.session_state["search"] == name
    assert search.knobs["threshold"] == Span(0.7, 0.99)
    assert (search.runs, search.fixed, search.labels, search.sampler) == (12, {"steps": 100}, 20, "tpe")
    assert "running" in words(test)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_be_searched_as_offered(visit, store, method):
    test = visit("search.py", **{"search-method": METHODS[method].title})
    assert problems(test) == []
    assert not test.button(key="start_search").disabled
    test.button(key="start_search").click().run()
    (name,) = searches(store)
    assert read_search(store, name).method == method


@pytest.mark.parametrize("each", [3, 5, 6])
def test_a_set_of_a_few_pictures_can_be_searched(visit, store, each):
    name = add(zipped(pets(each)), "Pets", side=16, channels=3, flip=True).name
    test = visit("search.py", **{"search-data": card(name).title})
    assert problems(test) == []
    assert test.selectbox(key="search-data").value == name
    offered, _ = label_counts(2, card(name).pool)
    assert test.selectbox(key="search-labels").options == [str(count) for count in offered]
    assert test.selectbox(key="search-labels").value in offered
    assert not test.button(key="start_search").disabled


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("search-fixmatch-knobs", [], "Choose one to"),
        ("search-fixmatch-threshold-low", 0.99, "the lower first"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence_and_no_button(visit, key, value, sentence):
    test = visit("search.py")
    widget = next(w for w in [*test.multiselect, *test.number_input] if w.key == key)
    widget.set_value(value).run()
    assert sentence in words(test)
    assert test.button(key="start_search").disabled
    assert problems(test) == []


@pytest.mark.parametrize("value", ["../../etc/passwd", "nothing", "9" * 400, "<script>", "nan"])
def test_a_link_to_no_search_shows_the_newest(visit, finished, value):
    machine = finished()
    test = visit("search.py", search=value, **{"search-runs": value, "search-fixmatch-threshold-low": value})
    assert problems(test) == []
    assert "8 done" in words(test)
    assert machine.name == searches(machine.store)[0]


def test_a_finished_search_says_by_how_much_the_best_beats_the_default(visit, store, finished):
    machine = finished()
    test = visit("search.py", search=machine.name)
    best, default = best_of(machine.trials()), machine.trials()[0]
    assert best.number != 0
    assert f"{100 * (best.score - default.score):.1f} points above the default's" in words(test)
    assert "Test accuracy, looked at only now" in words(test)
    table = test.dataframe[0].value
    assert table["threshold"].tolist() == [trial.values["threshold"] for trial in machine.trials()]
    assert "test" not in " ".join(table.columns), "nobody is led to choose by test accuracy"
    assert test.button(key="stop_search").disabled
    assert test.button(key="continue_search").disabled


@pytest.mark.parametrize("lens", ["Table", "Map of two knobs", "Parallel coordinates", "Importance", "Slices"])
def test_every_lens_opens_on_every_kind_of_search(visit, finished, lens):
    machines = [finished(), finished(knobs={"mu": Span(1, 7, whole=True), **TWO}, runs=6), finished(sampler="grid")]
    one = finished(knobs={"threshold": Span(0.5, 0.99)}, runs=3)
    for machine in [*machines, one]:
        test = visit("search.py", search=machine.name, search_lens=lens, grid_lens=lens)
        assert problems(test) == []


def test_stop_and_continue(visit, store, finished, monkeypatch):
    machine = finished(runs=3)
    name = submit(store, Search("digits", "fixmatch", 20, TWO, runs=6))
    machine = Machine(store, name)
    machine.play(2)
    machine.tick()
    test = visit("search.py", search=name)
    test.button(key="stop_search").click().run()
    assert "stopped" in words(test)
    assert {run.state for trial in machine.trials() for run in trial.runs} == {"done", "stopped"}
    test.button(key="continue_search").click().run()
    assert "running" in words(test)
    assert machine.play() == 4
    assert problems(test) == []


def test_confirm_trains_default_and_winner_with_seeds_the_search_never_saw(visit, store, finished):
    machine = finished()
    test = visit("search.py", search=machine.name)
    test.button(key="confirm").click().run()
    assert problems(test) == []
    runs = [run for run in store.runs() if run.config.get("confirms") == machine.name]
    best = best_of(machine.trials())
    assert sorted((run.config["trial"], run.config["seed"]) for run in runs) == sorted(
        (number, seed) for number in (0, best.number) for seed in (1, 2, 3)
    )
    assert {run.config["knobs"]["threshold"] for run in runs} == {
        machine.trials()[0].values["threshold"],
        best.values["threshold"],
    }
    assert len(machine.trials()) == 8, "they are no trials"
    machine.play()
    result = confirmed(store, machine.name, best)
    assert (result.waiting, len(result.default), len(result.best)) == (0, 3, 3)
    assert confirmed_words(result).endswith(("holds.", "with more."))
    confirm(store, machine.name)
    assert len([run for run in store.runs() if "confirms" in run.config]) == 6


def test_the_winner_goes_to_training(visit, store, finished):
    knobs = {"align": Span(choices=(False, True)), "mu": Span(2, 4, whole=True), "threshold": Span(0.5, 0.9)}
    machine = finished(knobs=knobs, fixed={"steps": 100})
    best = best_of(machine.trials())
    query = {f"digits-fixmatch-{name}": str(value) for name, value in {**best.values, "steps": 100}.items()}
    test = visit("training.py", data="Digits, 8×8 grey", methods="FixMatch", labels="20", **query)
    test.button(key="start").click().run()
    run = next(run for run in store.runs() if run.config.get("experiment") and run.config["method"] == "fixmatch")
    got = run.config["knobs"] | run.config["training"]
    assert {name: got[name] for name in best.values} == best.values
    assert run.config["training"]["steps"] == 100


def test_a_search_that_gave_up_says_why(visit, store, finished):
    machine = finished(runs=3)
    from ssl_core.runs.files import write_json

    for run in store.runs():
        write_json(run.folder / "end.json", {"state": "failed", "why": "The loss became nan at step 3."})
    test = visit("search.py", search=machine.name)
    assert "The last 3 trials failed: The loss became nan at step 3." in [box.value for box in test.warning]
    assert len(trials_of(store, machine.name, read_search(store, machine.name))) == 3
    test.button(key="continue_search").click().run()
    assert {run.state for run in store.runs()} == {"queued"}


def test_a_broken_search_is_one_sentence(visit, store, finished):
    machine = finished(runs=3)
    (store.root / ".searches" / machine.name / "search.json").write_text("{")
    test = visit("search.py", search=machine.name)
    assert problems(test) == []
    assert "cannot be read" in test.warning[0].value
