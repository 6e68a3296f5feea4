"""Which networks are asked at first, and which beside one: by validation, of the newest experiment, few enough."""

from __future__ import annotations

import json

import pytest

from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.line_up import MOST, best_of, first_to_ask, rivals, why_not
from ssl_core.runs.store import Store
from ssl_core.train.config import configure


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def end(run, judged, test=0.5):
    """A run that came to its end with this validation and test accuracy."""
    row = {"step": 9, "images": 9, "seconds": 1.0, "loss": 1.0, "test_accuracy": test, "validation_accuracy": judged}
    (run.folder / "metrics.jsonl").write_text(json.dumps(row) + "\n")
    write_json(run.folder / "end.json", {"state": "done", "why": "", "test_accuracy": test})
    (run.folder / "checkpoint.pt").touch()


def experiment(store, methods, labels=(10, 20), seeds=(0, 1), ceiling=True):
    """All its runs finished, each a little better than the one before, by (method, labels, seed)."""
    runs = enqueue(store, Experiment("digits", methods, labels, seeds, ceiling=ceiling)).runs
    for place, run in enumerate(runs):
        end(run, 0.5 + place / 100)
    return {(run.config["method"], run.config["labels"], run.config["seed"]): run for run in runs}


def test_the_first_is_the_best_in_validation_of_the_newest_experiment(store):
    experiment(store, ["supervised", "vat"], ceiling=False)
    runs = experiment(store, ["supervised", "fixmatch", "mixmatch"])
    end(runs["mixmatch", 20, 0], 0.97, test=0.2)
    end(runs["fixmatch", 20, 1], 0.96, test=0.99)  # the test chooses nothing
    every = next(run for run in store.runs() if run.config.get("role") == "ceiling")
    end(every, 1.0, test=1.0)
    assert first_to_ask(store) == runs["mixmatch", 20, 0].name
    (runs["mixmatch", 20, 0].folder / "checkpoint.pt").unlink()  # a network that is gone cannot be first
    assert first_to_ask(store) == runs["fixmatch", 20, 1].name


def test_a_newer_search_or_an_experiment_without_an_end_changes_nothing(store):
    runs = experiment(store, ["supervised", "fixmatch"], labels=(10,), seeds=(0,))
    best = best_of(list(runs.values()))
    trial = store.add(configure("digits", "fixmatch", 10, 0).to_dict() | {"search": "s", "trial": 0})
    end(trial, 1.0, test=1.0)
    enqueue(store, Experiment("digits", ["vat"], [10], [0]))
    assert first_to_ask(store) == best


def test_without_an_experiment_it_is_the_newest_run_and_without_a_run_nothing(store):
    assert first_to_ask(store) is None
    for seed in (0, 1):
        run = store.add(configure("digits", "vat", 10, seed).to_dict())
        end(run, 0.9 - seed / 10)
    trial = store.add(configure("digits", "vat", 10, 0).to_dict() | {"search": "s", "trial": 0})
    end(trial, 1.0)
    assert first_to_ask(store) == run.name


def test_rivals_are_the_other_lines_with_as_many_labels_and_the_one_with_every_label(store):
    runs = experiment(store, ["mixmatch", "supervised", "fixmatch"])
    every = next(run.name for run in store.runs() if run.config.get("role") == "ceiling")
    names = [runs[method, 20, 1].name for method in ("supervised", "mixmatch")]
    assert rivals(store, runs["fixmatch", 20, 1].name) == [*names, every]
    assert rivals(store, every) == [runs[method, 10, 0].name for method in ("supervised", "mixmatch", "fixmatch")]


def test_rivals_are_never_more_than_have_room_and_all_can_be_asked(store):
    methods = ["supervised", "mixmatch", "fixmatch", "vat", "uda", "ict"]
    runs = experiment(store, methods, labels=(10,))
    (runs["supervised", 10, 0].folder / "end.json").unlink()
    found = rivals(store, runs["vat", 10, 0].name)
    assert len(found) == MOST - 1
    assert runs["supervised", 10, 0].name not in found
    assert runs["supervised", 10, 1].name == found[0], "the other seed stands in"
    assert rivals(store, "nothing") == []
    assert rivals(store, store.add(configure("digits", "vat", 10, 0).to_dict()).name) == []


def test_a_variant_of_the_same_method_is_a_rival(store):
    runs = experiment(store, ["mixmatch"], labels=(10,), seeds=(0,), ceiling=False)
    own = runs["mixmatch", 10, 0]
    variant = store.add(own.config | {"variant": "K = 1"})
    end(variant, 0.4)
    assert rivals(store, own.name) == [variant.name] and rivals(store, variant.name) == [own.name]


def test_why_a_run_cannot_be_asked_is_one_sentence(store):
    run = store.add(configure("digits", "vat", 10, 0).to_dict())
    assert "queued" in why_not(store, run.name)
    end(run, 0.9)
    assert why_not(store, run.name) == ""
    for name in ("gone", "x" * 10_000, "../config"):
        said = why_not(store, name)
        assert said.endswith("not asked.") and said.count(". ") == 0 and len(said) < 200
