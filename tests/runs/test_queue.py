"""Who starts at the same moment as others adds nothing twice."""

from __future__ import annotations

import pytest

from ssl_core.runs import queue
from ssl_core.runs.defaults import default_experiment
from ssl_core.runs.experiment import enqueue
from ssl_core.runs.files import kernel_lock
from tests.faults.many import at_once


def test_five_clicks_on_one_experiment_make_its_runs_once(store):
    work = """
    from ssl_core.runs import queue
    queue.PATIENCE = 500.0  # however slow the disk and the machine are
    from ssl_core.runs.defaults import default_experiment
    launched = enqueue(Store(root), default_experiment())
    return [launched.new, launched.kept]
    """
    answers = at_once(5, store.root, work)
    assert len(store.runs()) == 13
    assert sorted(new for new, _ in answers) == [0, 0, 0, 0, 13]
    assert len({run.config["experiment"] for run in store.runs()}) == 1
    assert default_experiment().id == store.runs()[0].config["experiment"]


def test_five_different_experiments_at_once_share_one_ceiling(store):
    work = """
    from ssl_core.runs import queue
    queue.PATIENCE = 500.0  # however slow the disk and the machine are
    knobs = {"supervised": {"steps": 20 + number}, "fixmatch": {"steps": 20 + number}}
    experiment = Experiment("digits", ["fixmatch"], [10], range(3), {"fixmatch": knobs["fixmatch"]}, ceiling=True)
    return enqueue(Store(root), experiment).new
    """
    answers = at_once(5, store.root, work)
    assert sorted(answers) == [3, 3, 3, 3, 4]
    assert sum(run.config.get("role") == "ceiling" for run in store.runs()) == 1


def test_two_hundred_runs_wait_at_most_whoever_adds_them_when(store):
    work = """
    from ssl_core.runs import queue
    queue.PATIENCE = 500.0  # however slow the disk and the machine are
    from ssl_core.train.config import configure
    experiment = Experiment("digits", ["supervised"], [10], range(100 * number, 100 * number + 60))
    try:
        return enqueue(Store(root), experiment).new
    except ValueError as wrong:
        return str(wrong)
    """
    answers = at_once(5, store.root, work)
    assert answers.count(60) == 3
    assert sum("are waiting already" in str(answer) for answer in answers) == 2
    assert len(store.runs()) == 180


def test_whoever_waits_too_long_for_the_others_is_told_to_try_again(store, monkeypatch):
    monkeypatch.setattr(queue, "PATIENCE", 0.05)
    with kernel_lock(store.root / "queue.lock"), pytest.raises(ValueError, match=r"^Others are starting .+\.$"):
        enqueue(store, default_experiment())
    assert store.runs() == []


def test_a_store_that_takes_no_lock_is_a_sentence(store, monkeypatch):
    def refused(*words):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(queue, "kernel_lock", refused)
    with pytest.raises(ValueError, match=r"^The folder of runs, .+SSL_STORE.+\.$"):
        enqueue(store, default_experiment())
