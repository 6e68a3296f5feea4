"""What one person may ask of a server that others use, and what stands before it in the queue."""

from __future__ import annotations

import pytest

from ssl_core.runs import limits, runner
from ssl_core.runs.again import repeat
from ssl_core.runs.budget import fit, time_left
from ssl_core.runs.experiment import Experiment, enqueue, launch
from ssl_core.runs.limits import MINUTES
from ssl_core.runs.progress import START, measured_step


def asking(**training) -> Experiment:
    return Experiment("digits", ["supervised"], [10, 20], [0], {"supervised": training}, ceiling=True)


@pytest.fixture
def no_runner(monkeypatch):
    monkeypatch.setattr(runner, "ensure_runner", lambda store: "there")
    monkeypatch.setattr("ssl_core.runs.experiment.ensure_runner", lambda store: "there")


@pytest.mark.parametrize(
    ("training", "word"), [({"threads": 64}, "threads"), ({"limit_minutes": 100000.0}, "limit_minutes")]
)
def test_more_than_the_machine_has_or_the_server_allows_is_one_sentence_before_start(
    store, monkeypatch, no_runner, training, word
):
    monkeypatch.setattr(limits, "cores", lambda: 2)
    for ask in (lambda: fit(store, asking(**training), None, 2), lambda: launch(store, asking(**training))):
        with pytest.raises(ValueError, match=rf"^{word} may be at most [^\n]+\.$"):
            ask()
    assert store.runs() == []
    mine = enqueue(store, asking(**training)).runs[0]  # from a terminal: one's own machine
    with pytest.raises(ValueError, match=word):
        repeat(store, mine, 1)


def test_the_server_says_how_long_a_run_may_take(store, monkeypatch, no_runner):
    fit(store, asking(limit_minutes=MINUTES), None, 2)
    monkeypatch.setenv("SSL_RUN_MINUTES", "30")
    with pytest.raises(ValueError, match=r"at most 30 here.+SSL_RUN_MINUTES"):
        launch(store, asking(limit_minutes=31.0))
    assert launch(store, asking(limit_minutes=30.0)).new == 3


@pytest.mark.parametrize("value", ["much", "0", "-5", "nan"])
def test_a_setting_that_is_no_number_of_minutes_is_a_sentence(store, monkeypatch, value):
    monkeypatch.setenv("SSL_RUN_MINUTES", value)
    with pytest.raises(ValueError, match=r"^SSL_RUN_MINUTES must be a number of minutes above 0, not [^\n]+\.$"):
        fit(store, asking(), None, 2)


def test_a_plan_counts_what_waits_ahead_and_not_itself(store):
    assert (fit(store, asking(), None, 2).before, fit(store, asking(), None, 2).wait) == (0, 0.0)
    enqueue(store, asking(steps=1000))
    plan = fit(store, asking(steps=2000), None, 2)
    assert plan.before == 3
    each = START + 1000 * measured_step("digits", "supervised")
    assert plan.wait == pytest.approx(3 * each / 2)
    assert fit(store, asking(steps=1000), None, 2).before == 0, "Start would add nothing to them"


def test_what_waits_takes_no_longer_than_its_limit(store):
    runs = enqueue(store, asking(steps=2**21, limit_minutes=1.0)).runs
    assert time_left(store, runs, 1) == pytest.approx(3 * (START + 60))


def test_a_run_that_has_begun_takes_what_is_left_of_it(store, short):
    run = store.add(short(steps=1000, limit_minutes=10.0))
    (run.folder / "metrics.jsonl").write_text('{"step": 250, "seconds": 5.0}\n')
    assert time_left(store, [run], 1) == pytest.approx(15.0)


def test_a_run_whose_files_say_nonsense_counts_as_a_short_one_and_a_nonsense_line_is_none(store, short):
    config = short()
    runs = [store.add(config | {"training": {"steps": 10}}), store.add(config), store.add(config)]
    (runs[1].folder / "metrics.jsonl").write_text('{"step": "x", "seconds": null}\n')
    (runs[2].folder / "config.json").write_text("[]")
    assert time_left(store, runs, 1) == pytest.approx(2 * START + time_left(store, [store.add(config)], 1))
