"""A run that is no classifier is listed, charted, described and chosen by what it measures."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from ssl_core.__main__ import main
from ssl_core.figures import search
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words
from ssl_core.figures.compare import metric_title
from ssl_core.runs.files import Journal, write_json
from ssl_core.runs.listing import Listing
from ssl_core.runs.progress import ceiling_of, describe
from ssl_core.runs.worker import work
from ssl_core.search.plan import Search
from ssl_core.search.span import Span
from ssl_core.search.trials import best_of, trials_of
from ssl_core.tasks import TASKS, Task, task_of, value_of

ACCURACIES = {"test_accuracy", "validation_accuracy"}


@pytest.fixture
def generate(monkeypatch):
    """A task that is measured by a distance: lower is better, and it is no share."""
    monkeypatch.setitem(TASKS, "generate", Task("fid", "fid_half", "FID", "FID of half", unit="", higher=False))
    return {"task": "generate"}


def record(run, *scores, end=True):
    """A run that measured these, one after the other."""
    with Journal(run.folder / "metrics.jsonl") as journal:
        for place, score in enumerate(scores):
            journal.write(
                {"step": 30 * place, "seconds": 1.0 * place, "fid": score, "fid_half": score + 1, "loss": 0.5}
            )
    if end:
        (run.folder / "lock").touch()
        facts = {"state": "done", "why": "", "step": 30 * (len(scores) - 1), "seconds": 1.0}
        write_json(run.folder / "end.json", facts | {"fid": scores[-1], "fid_half": scores[-1] + 1})


def without_accuracies(row):
    assert all(row[name] is None for name in ACCURACIES)
    return {key: value for key, value in row.items() if key not in ACCURACIES}


def test_it_is_described_and_listed_by_its_own_measure(store, short, generate):
    done, moving = store.add(short() | generate), store.add(short(seed=1) | generate)
    record(done, 300.0, 40.5)
    record(moving, 300.0, 90.0, end=False)
    for run, score in ((done, 40.5), (moving, 90.0)):
        row = without_accuracies(describe(run))
        assert (row["task"], row["value"], row["judged"]) == ("generate", score, score + 1)
    rows = {row["run"]: row for row in Listing(store).rows()}
    assert rows[done.name]["curve"] == [300.0, 40.5]
    assert rows[moving.name]["curve"] == [300.0, 90.0]
    for run in (done, moving):
        assert {key: rows[run.name][key] for key in describe(run)} == describe(run)


def test_it_is_charted_and_said_without_an_accuracy(store, short, generate):
    for seed, score in enumerate((40.0, 60.0)):
        record(store.add(short(seed=seed) | generate), 300.0, score)
    rows = [without_accuracies(describe(run)) for run in store.runs()]
    figure = go.Figure(accuracy_chart(rows, chance=None))
    assert figure.layout.yaxis.title.text == "FID"
    assert figure.layout.yaxis.range is None, "a distance has no 100 %"
    assert next(t for t in figure.data if t.name == "Supervised").y == (40.0, 60.0)
    assert next(t for t in figure.data if t.name == "Supervised, mean").y == (50.0,)
    assert accuracy_words(rows) == "FID against the number of labelled pictures. Supervised: 50 with 20 labels."
    assert metric_title("fid") == "FID"


def test_a_terminal_lists_it_by_its_own_measure(store, short, generate, capsys):
    record(store.add(short() | generate), 300.0, 40.5)
    assert main(["runs", "--store", str(store.root)]) == 0
    told = capsys.readouterr().out
    assert " 40.5 " in told
    assert "%" not in told


def test_the_best_trial_is_the_lowest_where_lower_is_better(store, short, generate):
    search = Search("digits", "supervised", 20, {"lr": Span(0.05, 0.5)})
    for number, score in enumerate((50.0, 30.0, 70.0)):
        record(store.add(short() | generate | {"search": search.id, "trial": number}), 300.0, score)
    trials = trials_of(store, search.id, search)
    assert [trial.score for trial in trials] == [51.0, 31.0, 71.0]
    assert [trial.test for trial in trials] == [50.0, 30.0, 70.0]
    assert best_of(trials).number == 1


def test_a_task_of_a_later_version_is_one_broken_run_with_a_reason(store, short):
    run = store.add(short() | {"task": "compose"})
    assert run.state == "broken"
    assert describe(run)["why"] == "config.json names a task that is not known here: 'compose'."
    assert store.add(short() | {"task": 3}).state == "broken"


def test_a_task_that_nothing_here_can_run_ends_with_a_sentence(store, short, monkeypatch):
    monkeypatch.setitem(TASKS, "compose", Task("fid", "fid", "FID", "FID", unit="", higher=False))
    end = work(store.add(short() | {"task": "compose"}).folder)
    assert (end["state"], end["why"]) == ("failed", "Nothing here can run the task 'compose' yet.")


def test_a_run_that_names_no_task_classifies_as_before(store, short):
    run = store.add(short(steps=20))
    work(run.folder)
    row = describe(run)
    assert "task" not in run.config
    assert row["task"] == "classify"
    assert row["value"] == row["test_accuracy"] == run.end["test_accuracy"] > 0
    assert row["judged"] == row["validation_accuracy"] == run.end["validation_accuracy"]
    old = {"method": "supervised", "test_accuracy": 0.5}  # a row that was recorded before there were tasks
    assert value_of(old) == 0.5
    assert task_of(old).axis == "Test accuracy (%)"


@pytest.mark.parametrize("ended", [True, False])
def test_a_classifier_without_a_test_set_is_told_by_its_validation(store, short, ended):
    """test_accuracy is null in its rows and in its end."""
    run = store.add(short(labels=1100))
    with Journal(run.folder / "metrics.jsonl") as journal:
        for step in (0, 60):
            journal.write(
                {"step": step, "seconds": 0.1, "test_accuracy": None, "validation_accuracy": 0.5 + step / 200}
            )
    if ended:
        end = {
            "state": "done",
            "why": "",
            "step": 60,
            "seconds": 0.1,
            "test_accuracy": None,
            "validation_accuracy": 0.8,
        }
        write_json(run.folder / "end.json", end)
    row = describe(run)
    assert (row["value"], row["judged"]) == (None, 0.8)
    assert (row["test_accuracy"], row["validation_accuracy"]) == (None, 0.8)
    (listed,) = Listing(store).rows()
    assert {key: listed[key] for key in row} == row
    assert listed["curve"] == []
    assert ceiling_of(store, "digits", 1100) is None
    assert len(go.Figure(accuracy_chart([row], chance=0.1)).layout.shapes) == 1
    assert "no result yet" in accuracy_words([row])
    assert main(["runs", "--store", str(store.root)]) == 0


def test_the_charts_of_a_search_know_which_way_is_better(generate):
    rows = [
        {"trial": n, "state": "done", "values": {"lr": n, "mu": 1}, "validation_accuracy": score}
        for n, score in enumerate((90.0, 40.5, 120.0, 40.5))
    ]
    task = TASKS["generate"]
    figure = go.Figure(search.history_chart(rows, budget=4, task=task))
    assert figure.data[0].y == (90.0, 40.5, 40.5, 40.5), "the best so far falls"
    assert figure.layout.yaxis.title.text == "FID of half" and figure.layout.yaxis.range is None
    assert "The best is trial 1 with 40.5:" in search.history_words(rows, task)
    points = {"lr": [0, 1, 2, 3], "mu": [1]}
    low, high = (go.Figure(search.heat_chart(rows, "lr", "mu", points, one)) for one in (task, TASKS["classify"]))
    assert low.data[0].reversescale and not high.data[0].reversescale
    assert low.data[0].z[0][2] == 120.0
    assert "lowest 40.5 at lr 1" in search.heat_words(rows, "lr", "mu", task)
