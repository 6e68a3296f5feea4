"""Several networks asked at once, and the ways that lead there: dots, rows, the strip, the end of an experiment."""

from __future__ import annotations

import json

import pytest

from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from tests.pages.conftest import problems
from tests.pages.test_predict import finish, words

METHODS = ["supervised", "mixmatch", "fixmatch"]


def measured(run, validation: float) -> None:
    row = {"step": 9, "images": 9, "seconds": 1.0, "loss": 1.0, "test_accuracy": 0.9, "tested": 497}
    (run.folder / "metrics.jsonl").write_text(json.dumps(row | {"validation_accuracy": validation}) + "\n")


@pytest.fixture
def runs(store):
    """Four networks of one experiment, never trained, all of one mind; by method, the one with every label by "all"."""
    for method in METHODS:
        finish(store, configure("digits", method, 20, 0), "e")
    finish(store, configure("digits", "supervised", 1100, 0), "e")
    every = store.runs()[-1]
    write_json(every.folder / "config.json", every.config | {"role": "ceiling"})
    every._config = None
    for run in store.runs():
        measured(run, 0.8)
    return dict(zip([*METHODS, "all"], (run.name for run in store.runs()), strict=True))


def cards(test) -> list[dict]:
    """What the cards of the answers hold."""
    (one,) = [b for b in test.get("bidi_component") if "answers" in b.proto.id]
    return json.loads(one.proto.mixed.json or one.proto.json)["cards"]


def warned(test) -> list[str]:
    return [box.value for box in test.warning]


def ways(test, page: str) -> dict[str, str]:
    """Links to a page by their label: what each asks for, nothing where it is off."""
    found = [link.proto for link in test.get("page_link") if link.proto.page == page]
    return {link.label: "" if link.disabled else link.query_string for link in found}


def test_a_link_asks_four_and_one_press_brings_the_rivals(visit, runs):
    at = visit("predict.py", trained=runs["fixmatch"])
    at.button(key="rivals").click().run()
    assert at.query_params["beside"] == [runs["supervised"], runs["mixmatch"], runs["all"]]
    assert at.button(key="rivals").disabled
    again = visit("predict.py", trained=runs["fixmatch"], beside=[runs["supervised"], runs["mixmatch"], runs["all"]])
    for test in (at, again):
        assert problems(test) == [] and warned(test) == []
        who = [card["who"] for card in cards(test)]
        assert who == ["FixMatch, 20 labels", "Supervised, 20 labels", "MixMatch, 20 labels", "Every label"]
        assert "All four say" in words(test)
        for card in cards(test):
            assert card["src"].startswith("data:image") and card["alt"]
            assert card["best"] == card["bars"][0]["name"] and len(card["bars"]) == 3


def test_what_stands_behind_is_of_the_one_that_was_chosen(visit, runs):
    asked = {"trained": runs["fixmatch"], "beside": runs["mixmatch"], "behind_it": "weights"}
    assert "`mixmatch`" not in (first := words(visit("predict.py", **asked))) and "Method | fixmatch" in first
    assert "Method | mixmatch" in words(visit("predict.py", **asked, whose=runs["mixmatch"]))


def test_a_run_that_is_gone_or_not_finished_is_one_sentence_and_the_others_answer(visit, store, runs):
    queued = store.add(configure("digits", "vat", 20, 0).to_dict()).name
    at = visit("predict.py", trained="20250101-gone", beside=[runs["mixmatch"], queued])
    assert problems(at) == []
    gone, waits = warned(at)
    assert "20250101-gone is not in this store any more" in gone and "is queued" in waits
    assert at.session_state["trained"] == runs["supervised"], "the best of the newest experiment stands in"
    assert [card["who"] for card in cards(at)] == ["Supervised, 20 labels", "MixMatch, 20 labels"]


def test_a_run_without_its_network_says_so_on_its_card(visit, store, runs):
    (store.run(runs["mixmatch"]).folder / "checkpoint.pt").unlink()
    at = visit("predict.py", trained=runs["fixmatch"], beside=runs["mixmatch"])
    assert problems(at) == []
    assert cards(at)[1]["best"] == "This run has no network any more: choose another one."
    assert "It says" in words(at)


def test_of_more_than_four_the_first_are_asked(visit, store, runs):
    finish(store, configure("digits", "vat", 20, 0))
    beside = [*(runs[method] for method in ("supervised", "mixmatch", "all")), store.runs()[-1].name]
    at = visit("predict.py", trained=runs["fixmatch"], beside=beside)
    assert not at.exception
    assert len(cards(at)) == 4 and at.query_params["beside"] == beside[:3]


def test_who_has_learned_other_pictures_is_not_asked_about_a_test_picture(visit, store, runs):
    finish(store, configure("shapes", "supervised", 40, 0))
    at = visit("predict.py", trained=runs["fixmatch"], beside=store.runs()[-1].name)
    assert problems(at) == []
    assert "draw or upload" in cards(at)[1]["best"]


def test_the_default_is_the_best_of_the_newest_experiment_not_a_trial(visit, store, runs):
    measured(store.run(runs["mixmatch"]), 0.9)
    finish(store, configure("digits", "vat", 20, 0))
    trial = store.runs()[-1]
    write_json(trial.folder / "config.json", trial.config | {"search": "s", "trial": 3})
    trial._config = None
    at = visit("predict.py")
    assert at.session_state["trained"] == runs["mixmatch"]
    assert "trained" not in at.query_params


def test_a_dot_knows_its_run_and_an_address_opens_it(visit, runs):
    at = visit("training.py", experiment="e", run=runs["mixmatch"])
    assert "**MixMatch, 20 labels, seed 0**: done" in words(at)
    (chart,) = [b for b in at.get("bidi_component") if "accuracy_chart" in b.proto.id]
    sent = json.loads(chart.proto.bytes)
    assert sent["choosable"]
    dots = {name for trace in sent["figure"]["data"] for name in trace.get("customdata", ())}
    assert dots == {runs[method] for method in METHODS}
    elsewhere = visit("training.py", experiment="e", run="20250101-gone")
    assert problems(elsewhere) == [] and "run" not in elsewhere.query_params


def test_the_end_of_an_experiment_says_what_came_out_and_where_to_go(visit, store, runs):
    at = visit("training.py", experiment="e", run=runs["mixmatch"])
    assert "supervised baseline" in words(at)
    to_predict = ways(at, "predict")
    assert f"trained={runs['mixmatch']}" == to_predict["Ask this network"]
    assert to_predict["Ask it beside its rivals"].count("beside=") == 3
    assert to_predict["Ask the networks"].startswith(f"trained={runs['supervised']}")
    assert f"compare={runs['mixmatch']}" in ways(at, "runs")["Its mistakes"]
    enqueue(store, Experiment("digits", ["vat"], [10], [0]))
    waits = visit("training.py")
    assert set(ways(waits, "predict").values()) == {""}, "nothing to ask yet"
    assert "Ask the networks" not in ways(waits, "predict")


def test_an_experiment_without_a_baseline_says_its_best(visit, store):
    for method, labels in (("fixmatch", 20), ("mixmatch", 20)):
        finish(store, configure("digits", method, labels, 0), "e")
        measured(store.runs()[-1], 0.8)
    said = words(visit("training.py", experiment="e"))
    assert "Best of this experiment: FixMatch with 20 labels, test accuracy 90.0 %." in said


def test_rows_and_compared_runs_lead_to_predict(visit, runs):
    at = visit("runs.py", compare=f"{runs['fixmatch']},{runs['all']}")
    assert ways(at, "predict")["Ask them"] == f"trained={runs['fixmatch']}&beside={runs['all']}"
    table = at.dataframe[0].value.set_index("run")
    assert table.loc[runs["mixmatch"], "ask"] == f"predict?trained={runs['mixmatch']}"
