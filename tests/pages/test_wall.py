"""Training: the wall of a run, the replay of an experiment that is over, and what Start says when nothing is left to do."""

from __future__ import annotations

import json

import pytest

from pages.parts.shared.wall_sheet import address_of_sheet, wall_png
from pages.parts.training import replay
from ssl_core.figures.wall import SORTS
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.progress import describe
from ssl_core.runs.replay import Past, past
from ssl_core.runs.run import SHEET, WALL
from ssl_core.runs.worker import work
from tests.pages.conftest import problems

QUICK = {"steps": 12, "batch": 4, "evaluations": 3}


def sent(test, name: str) -> dict:
    """What the component with this key was sent."""
    return next(
        json.loads(one.proto.bytes or one.proto.json) for one in test.get("bidi_component") if name in one.proto.id
    )


def words(test) -> str:
    return "\n".join(m.value for m in [*test.markdown, *test.caption])


@pytest.fixture
def trained(store):
    """A finished experiment of two runs."""
    experiment = Experiment(
        "digits", ["supervised", "fixmatch"], [20], [0], dict.fromkeys(("supervised", "fixmatch"), QUICK)
    )
    launched = enqueue(store, experiment)
    for run in launched.runs:
        assert work(run.folder)["state"] == "done"
    return launched


def test_the_wall_of_the_chosen_run_and_its_past_are_sent_once_all_is_over(visit, store, trained):
    run = trained.runs[-1]
    test = visit("training.py", experiment=trained.id, run=run.name)
    assert problems(test) == []
    wall, rows = sent(test, "wall_pictures"), run.wall.read()
    assert [moment["guess"] for moment in wall["moments"]] == [row["guess"] for row in rows]
    assert wall["moments"][0]["at"] == 0
    assert wall["moments"][-1]["at"] == 1
    assert wall["classes"] == [str(digit) for digit in range(10)]
    assert wall["sheet"] == address_of_sheet(run.name)
    assert sent(test, "replay")["ready"]
    chart = sent(test, "accuracy_chart")["past"]
    assert sent(test, "quality_chart")["past"] == {"until": 12}
    assert 2 <= len(chart["frames"]) <= replay.past.__globals__["FRAMES"]


def test_while_a_run_waits_only_the_newest_moment_is_sent_and_the_bar_sleeps(visit, store, trained):
    run = trained.runs[-1]
    (trained.runs[0].folder / "end.json").unlink()
    (trained.runs[0].folder / "lock").unlink()
    test = visit("training.py", experiment=trained.id, run=run.name)
    assert problems(test) == []
    assert len(sent(test, "wall_pictures")["moments"]) == 1
    assert not sent(test, "replay")["ready"]
    assert sent(test, "accuracy_chart")["past"] is None


@pytest.mark.parametrize("sort", SORTS)
def test_how_it_is_sorted_stands_in_the_address(visit, store, trained, sort):
    test = visit("training.py", experiment=trained.id, run=trained.runs[-1].name, wall=sort)
    assert sent(test, "wall_pictures")["sort"] == sort


def test_a_run_without_a_record_says_so(visit, store, trained):
    run = trained.runs[-1]
    (run.folder / WALL).unlink()
    test = visit("training.py", experiment=trained.id, run=run.name)
    assert problems(test) == []
    assert "no record of its unlabelled pictures" in words(test)


def test_the_past_is_what_the_record_says(store, trained):
    run = trained.runs[-1]
    row, rows = describe(run), run.tail.read()
    measured = [one for one in rows if "test_accuracy" in one]
    then = Past(run, row)
    for one in measured[:-1]:
        seen = then.at(one["step"] / row["steps"])
        assert seen["value"] == one["test_accuracy"]
        assert seen["judged"] == one["validation_accuracy"]
        assert seen["state"] == "running"
    assert then.at(1) == row
    shares = [share for share, _ in past(trained.runs, [describe(one) for one in trained.runs])]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_a_sheet_is_served_of_the_runs_of_the_store_alone(store, trained):
    run = trained.runs[-1]
    assert wall_png(run.name) == (run.folder / SHEET).read_bytes()
    assert wall_png("../" + run.name) is None
    (run.folder / SHEET).unlink()
    (run.folder / SHEET).symlink_to("/etc/passwd")
    assert wall_png(run.name) is None


def test_start_offers_to_show_it_again_or_with_other_seeds_where_all_is_done(visit, store):
    link = {"methods": "supervised", "labels": "10"}
    test = visit("training.py", **link)
    test.button(key="start").click().run()
    assert not [b for b in test.button if b.key == "show_again"]
    first = test.session_state["experiment"]
    before = {run.name for run in store.runs()}
    for run in store.runs():
        write_json(run.folder / "end.json", {"state": "done", "why": ""})
    test.button(key="start").click().run()
    assert problems(test) == []
    assert {run.name for run in store.runs()} == before
    assert "trained already, so nothing was started" in words(test)
    test.button(key="show_again").click().run()
    assert test.session_state["experiment"] == first
    assert sent(test, "replay")["again"] == 1
    test.button(key="other_seeds").click().run()
    assert problems(test) == []
    new = [run for run in store.runs() if run.name not in before and run.config.get("role") != "ceiling"]
    old = [run for run in store.runs() if run.name in before and run.config.get("role") != "ceiling"]
    assert len(new) == len(old)
    assert not {run.config["seed"] for run in new} & {run.config["seed"] for run in old}
    assert {run.config["method"] for run in new} == {"supervised"}
    assert test.session_state["experiment"] == new[0].config["experiment"] != first
