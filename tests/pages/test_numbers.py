"""Numbers that can be believed, where people see them: intervals, results in labels, small and uneven tests."""

from __future__ import annotations

import json

import pytest

from ssl_core.data import card
from ssl_core.data.uploads import add
from ssl_core.intervals import few_to_judge, small_test
from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from tests.data.conftest import pets, zipped
from tests.pages.conftest import problems

GRID = {("supervised", 10): 0.5, ("supervised", 40): 0.7, ("supervised", 100): 0.9, ("fixmatch", 10): 0.6}
EVEN = [50] * 9 + [47]
UNEVEN = [100, 10, *EVEN[2:]]


@pytest.fixture
def done(store):
    """done(tested_by_class=[...]) -> names of finished runs of one experiment, whose figures are above."""

    def finish(by_class, state="done"):
        names = []
        for (method, labels), accuracy in GRID.items():
            config = configure("digits", method, labels, 0, {"steps": 60}).to_dict()
            run = store.add(config | {"experiment": "digits-numbers"})
            facts = {"test_accuracy": accuracy, "validation_accuracy": accuracy, "tested": sum(by_class)}
            facts |= {"recall": [0.25] + [accuracy] * 9, "tested_by_class": by_class, "balanced_accuracy": 0.375}
            row = {"step": 60, "images": 60, "seconds": 1.0} | facts
            (run.folder / "metrics.jsonl").write_text(json.dumps(row) + "\n")
            write_json(run.folder / "end.json", row | {"state": state, "why": ""})
            names.append(run.name)
        return names

    return finish


def words(test) -> str:
    return "\n".join(part.value for part in [*test.markdown, *test.caption])


SENTENCE = "FixMatch with 10 labels does as well as the supervised baseline with about 20."


def test_a_finished_experiment_says_its_result_in_labels(visit, done):
    done(EVEN)
    test = visit("training.py", experiment="digits-numbers")
    assert problems(test) == []
    assert SENTENCE in words(test)
    assert "as far as this test can tell" in words(test)
    assert "fewer than three seeds" in words(test)
    assert [warning.value for warning in test.warning] == []
    assert "test accuracy 60.0 % (56–64 %)" in words(test)
    assert SENTENCE in words(visit())


def test_an_experiment_that_is_not_finished_says_no_result_yet(visit, store, done):
    done(EVEN)
    store.add(configure("digits", "fixmatch", 40, 0, {"steps": 60}).to_dict() | {"experiment": "digits-numbers"})
    assert SENTENCE not in words(visit("training.py", experiment="digits-numbers"))
    assert SENTENCE not in words(visit())


def test_a_small_test_is_said_where_its_results_are(visit, done):
    done([1] * 10)
    test = visit("training.py", experiment="digits-numbers")
    assert [warning.value for warning in test.warning] == [small_test(10)]


@pytest.mark.parametrize(("by_class", "shown"), [(EVEN, False), (UNEVEN, True)])
def test_balanced_accuracy_has_a_column_only_where_the_classes_are_uneven(visit, done, by_class, shown):
    done(by_class)
    table = visit("runs.py").dataframe[0]
    assert ("balanced_accuracy" in table.proto.column_order) is shown
    assert "interval" in table.proto.column_order
    assert all(text.endswith(" %") for text in table.value["interval"])


def test_recall_by_class_is_a_way_to_compare_runs(visit, done):
    names = done(UNEVEN)
    test = visit("runs.py", compare=",".join(names[-2:]), view="Recall by class")
    assert problems(test) == []
    assert "Least recognised: 0, 25.0 % of 100 test pictures" in words(test)
    assert "balanced 37.5 %" in words(test)


def test_a_run_from_before_says_why_it_has_no_recall(visit, store):
    run = store.add(configure("digits", "supervised", 10, 0, {"steps": 60}).to_dict())
    write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5})
    test = visit("runs.py", compare=run.name, view="Recall by class")
    assert problems(test) == []
    assert "ran before that was measured" in words(test)


def test_pictures_of_ones_own_with_a_small_test_are_warned_of_before_training(visit, store):
    name = add(zipped(pets(10)), "Pets", side=16, channels=3, flip=True).name
    warning = small_test(card(name).test)
    assert warning
    assert warning in [box.value for box in visit("data.py", data=name).warning]
    assert warning in words(visit("training.py", data=name))
    assert not visit("data.py", data="digits").warning


def test_a_search_says_when_there_is_too_little_to_choose_by(visit, store):
    name = add(zipped(pets(10)), "Pets", side=16, channels=3, flip=True).name
    about = card(name)
    warnings = [box.value for box in visit("search.py", **{"search-data": name}).warning]
    assert few_to_judge(len(about.classes), about.validation) in warnings
    assert not visit("search.py", **{"search-data": "digits"}).warning
